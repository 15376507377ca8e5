package io.github.splora.surgery;

/**
 * What actions need to know besides the modules.
 *
 * @param configStyle how a drop is written into the config
 * @param addedRank ranks that the action adds to each selected module
 * @param hasOneRank whether modules that are not selected must get as many ranks, of zeros, because the client takes one alpha or
 *     one rank only
 */
public record ActionSettings(ConfigStyle configStyle, int addedRank, boolean hasOneRank) {

    /** Settings of an action that adds no ranks. */
    public static ActionSettings of(ConfigStyle style) {
        return new ActionSettings(style, 0, false);
    }
}

package io.github.splora.measure;

/**
 * The settings of the references.
 *
 * @param energy share of ‖V‖² that V's dominant subspaces hold
 * @param isRandomWanted whether to compute the distance expected by chance where that takes extra work
 * @param seed random seed
 */
public record ReferenceSettings(double energy, boolean isRandomWanted, long seed) {

    /** The command line's defaults. */
    public static final ReferenceSettings DEFAULT = new ReferenceSettings(0.9, false, 1);
}

package io.github.splora.client;

import io.github.splora.select.Granularity;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;

/**
 * A client's requirements for pruned adapters.
 *
 * @param everyModule whether a type of module present in one layer must be present in all
 * @param wholeFusions whether fused projections must be present or absent together
 * @param listedTargets whether {@code target_modules} must be a list
 * @param oneRank whether all modules must have the same rank or alpha, because it reads no patterns
 */
public record Demands(boolean everyModule, boolean wholeFusions, boolean listedTargets, boolean oneRank) {

    static final Demands NONE = new Demands(false, false, false, false);

    /** Whether a module of zeros may matter to the client, because it needs certain modules together. */
    public boolean takesModulesTogether() {
        return everyModule || wholeFusions;
    }

    /** Returns the default action for this client. */
    public ActionKind action() {
        return everyModule ? ActionKind.ZERO : ActionKind.DROP;
    }

    /** Returns the default config style for this client. */
    public ConfigStyle configStyle() {
        return listedTargets ? ConfigStyle.LIST : ConfigStyle.EXCLUDE;
    }

    /** Returns the default granularity of selection; an action that removes no tensors does not constrain it. */
    public Granularity granularity(ActionKind action) {
        return wholeFusions && action == ActionKind.DROP ? Granularity.FUSION : Granularity.MODULE;
    }
}

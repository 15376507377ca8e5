package io.github.splora.client;

import io.github.splora.select.Granularity;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;

/**
 * What an adapter has to be like for a client after a prune.
 *
 * @param everyModule whether no module may be missing that its like have in other layers
 * @param wholeFusions whether of projections that it fuses all must be there or none
 * @param listedTargets whether {@code target_modules} must be a list
 */
public record Demands(boolean everyModule, boolean wholeFusions, boolean listedTargets) {

    static final Demands NONE = new Demands(false, false, false);

    /** The action for it where the user names none. */
    public ActionKind action() {
        return everyModule ? ActionKind.ZERO : ActionKind.DROP;
    }

    /** The style for it where the user names none. */
    public ConfigStyle configStyle() {
        return listedTargets ? ConfigStyle.LIST : ConfigStyle.EXCLUDE;
    }

    /** What is selected as one where the user does not say; an action that takes no tensors away leaves it free. */
    public Granularity granularity(ActionKind action) {
        return wholeFusions && action == ActionKind.DROP ? Granularity.FUSION : Granularity.MODULE;
    }
}

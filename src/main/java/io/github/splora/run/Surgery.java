package io.github.splora.run;

import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionMethods;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is to be done to selected modules.
 *
 * @param action what
 * @param configStyle how a drop is told to PEFT; null for a merged checkpoint
 * @param strength how far an action that corrects goes, from 0 to 1; empty for others
 * @param energy share of ‖V‖² in the subspaces that the action looks at; empty where it looks at none
 * @param gain what a deflated delta is multiplied with; empty for other actions
 */
public record Surgery(
        ActionKind action,
        ConfigStyle configStyle,
        OptionalDouble strength,
        OptionalDouble energy,
        OptionalDouble gain) {

    /** With the action's own defaults. */
    public static Surgery of(ActionKind action, ConfigStyle configStyle) {
        return new Surgery(action, configStyle, action.strength(), action.energy(), action.gain());
    }

    /** The options of {@code splora prune} that mean the same. */
    String asOptions() {
        StringBuilder options = new StringBuilder("--action " + action);
        if (action == ActionKind.DROP && configStyle != ConfigStyle.EXCLUDE) {
            options.append(" --config-style ").append(configStyle);
        }
        strength.ifPresent(figure -> options.append(" --strength ").append(figure));
        energy.ifPresent(figure -> options.append(" --action-energy ").append(figure));
        gain.ifPresent(figure -> options.append(" --gain ").append(figure));
        return options.toString();
    }

    /**
     * What corrects; empty for an action that needs no new factors.
     *
     * @param basis of the scores: a projection is onto the subspace that they are told from, if they are
     */
    Optional<CorrectionMethod> corrector(Scored.Basis basis) {
        double ofSubspaces = basis.isSubspace() && action == ActionKind.PROJECT ? basis.energy() : energy.orElse(1);
        return CorrectionMethods.of(
                action,
                new CorrectionMethods.Settings(strength.orElse(1), ofSubspaces, gain.orElse(1), basis.isSubspace()));
    }
}

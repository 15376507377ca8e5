package io.github.splora.run;

import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionMethods;
import io.github.splora.correct.CorrectionSettings;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.surgery.ConfigStyle;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is done to selected modules.
 *
 * @param action the action
 * @param configStyle how the config describes a drop; null for a merged checkpoint
 * @param parameters a value for each parameter of the action
 */
public record Surgery(ActionKind action, @Nullable ConfigStyle configStyle, Map<ActionParameter, Double> parameters) {

    public Surgery {
        Map<ActionParameter, Double> ordered = new EnumMap<>(ActionParameter.class);
        ordered.putAll(parameters);
        parameters = Collections.unmodifiableMap(ordered);
    }

    /** Returns the surgery with the action's default parameters. */
    public static Surgery of(ActionKind action, @Nullable ConfigStyle configStyle) {
        return new Surgery(action, configStyle, action.defaults());
    }

    /** Returns the equivalent options of {@code splora prune}. */
    String asOptions() {
        StringBuilder options = new StringBuilder("--action " + action);
        if (action.takesConfigStyle() && configStyle != ConfigStyle.EXCLUDE) {
            options.append(" --config-style ").append(configStyle);
        }
        parameters.forEach((parameter, value) ->
                options.append(' ').append(parameter.option()).append(' ').append(value));
        return options.toString();
    }

    /**
     * Returns the correction; empty for an action that needs no new factors.
     *
     * @param basis how the scores were computed; if with a subspace, a projection uses the same subspace
     */
    Optional<CorrectionMethod> correction(Scored.Basis basis) {
        double energy = basis.isSubspace() && action == ActionKind.PROJECT
                ? Objects.requireNonNull(basis.energy())
                : parameters.getOrDefault(ActionParameter.ENERGY, 1.0);
        return CorrectionMethods.of(
                action,
                new CorrectionSettings(
                        parameters.getOrDefault(ActionParameter.STRENGTH, 1.0),
                        energy,
                        parameters.getOrDefault(ActionParameter.GAIN, 1.0),
                        basis.isSubspace()));
    }
}

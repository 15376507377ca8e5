package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.client.ClientKind;
import io.github.splora.correct.Correction;
import io.github.splora.correct.CorrectionMethods;
import io.github.splora.correct.CorrectionSettings;
import io.github.splora.correct.RecordedInputs;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.surgery.ActionSettings;
import io.github.splora.surgery.ConfigStyle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is done to selected modules.
 *
 * @param action the action
 * @param configStyle how the config describes a drop; null for a merged checkpoint, which has no such config, and for the
 *     default of an adapter
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

    /** Returns the surgery with another value of a parameter. A number in the place of {@code auto} has no derivation. */
    Surgery with(ActionParameter parameter, double value) {
        if (!parameters.containsKey(parameter)) {
            throw new IllegalArgumentException(
                    "action " + action + ", as given, does not take the parameter " + parameter);
        }
        action.contradiction(parameter, value).ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
        Map<ActionParameter, Double> values = new EnumMap<>(parameters);
        values.put(parameter, value);
        parameter.derivation().ifPresent(derivation -> {
            if (Double.isNaN(value)) {
                action.defaults().forEach(values::putIfAbsent);
            } else {
                values.remove(derivation);
            }
        });
        return new Surgery(action, configStyle, values);
    }

    /** Returns the surgery for an adapter, without {@code auto} for the gain's exponent and the modules that are restored. */
    Surgery settledFor(Adapter adapter) {
        RepairDefaults defaults = RepairDefaults.of(adapter);
        Map<ActionParameter, Double> values = new EnumMap<>(ActionParameter.class);
        values.putAll(parameters);
        if (isOpen(ActionParameter.GAIN_EXPONENT)) {
            values.put(ActionParameter.GAIN_EXPONENT, defaults.gainExponent());
        }
        if (isOpen(ActionParameter.RESTORE_MODULES)) {
            values.put(
                    ActionParameter.RESTORE_MODULES,
                    defaults.restoresLinear() && restores() ? ActionParameter.LINEAR : ActionParameter.ADAPTER);
        }
        return new Surgery(action, configStyle, values);
    }

    /** Returns the surgery with the weight that the task allows, if it leaves the weight open. */
    Surgery weighted(ToDoubleFunction<Double> weightFor) {
        if (!isOpen(ActionParameter.REQUEST_WEIGHT)) {
            return this;
        }
        Map<ActionParameter, Double> values = new EnumMap<>(parameters);
        Double cosine = Objects.requireNonNull(values.remove(ActionParameter.TASK_COSINE));
        values.put(ActionParameter.REQUEST_WEIGHT, weightFor.applyAsDouble(cosine));
        return new Surgery(action, configStyle, values);
    }

    private boolean isOpen(ActionParameter parameter) {
        return Double.isNaN(parameters.getOrDefault(parameter, 0.0));
    }

    /** Returns what does it, for adapters that the client loads. */
    Action planned(ClientKind client) {
        if (restores() && client.client().keepsRank()) {
            throw new BadInputException(List.of(new Problem(
                    "--client",
                    null,
                    client.toString(),
                    "all adapters of a deployment must have the same rank, and restoring adds ranks; use --restore 0 or"
                            + " --action deflate")));
        }
        return action.action(new ActionSettings(
                Objects.requireNonNullElse(configStyle, ConfigStyle.EXCLUDE),
                restores()
                        ? parameters
                                .getOrDefault(ActionParameter.RESTORE_RANK, 0.0)
                                .intValue()
                        : 0,
                client.client().demands().oneRank()));
    }

    /** Returns the same for a merged checkpoint, all of whose layers are modules and which has no adapter config. */
    Surgery ofMerged() {
        Map<ActionParameter, Double> values = new EnumMap<>(ActionParameter.class);
        values.putAll(parameters);
        values.remove(ActionParameter.RESTORE_MODULES);
        return new Surgery(action, null, values);
    }

    /** Whether linear layers that the adapter leaves alone are restored as well. */
    boolean restoresLinear() {
        return parameters.getOrDefault(ActionParameter.RESTORE_MODULES, ActionParameter.ADAPTER)
                        == ActionParameter.LINEAR
                && restores();
    }

    private boolean restores() {
        return parameters.getOrDefault(ActionParameter.RESTORED, 0.0) != 0;
    }

    /** Returns the same with the gain that came out; unchanged for an action without one. */
    Surgery withGain(double gain) {
        Map<ActionParameter, Double> values = new EnumMap<>(ActionParameter.class);
        values.putAll(parameters);
        values.replace(ActionParameter.GAIN, gain);
        return new Surgery(action, configStyle, values);
    }

    /** Returns the equivalent options of {@code splora prune}. */
    String asOptions() {
        return String.join(" ", asArguments(configStyle != ConfigStyle.EXCLUDE));
    }

    /** Returns the same with the default style of the config, one string per argument. */
    List<String> asArguments() {
        return asArguments(configStyle != null);
    }

    private List<String> asArguments(boolean withStyle) {
        List<String> arguments = new ArrayList<>(List.of("--action", action.toString()));
        if (action.takesConfigStyle() && withStyle) {
            arguments.addAll(List.of("--config-style", String.valueOf(configStyle)));
        }
        parameters.forEach(
                (parameter, value) -> arguments.addAll(List.of(parameter.option(), parameter.asOption(value))));
        return arguments;
    }

    /**
     * Returns the correction of a surgery that is settled; empty for an action that needs no new factors.
     *
     * @param basis how the scores were computed; if with a subspace, a projection uses the same subspace
     * @param recorded what was recorded of the aligned model's inputs; confining needs it
     */
    Optional<Correction> correction(Scored.Basis basis, Optional<? extends RecordedInputs> recorded) {
        if (isOpen(ActionParameter.GAIN_EXPONENT) || isOpen(ActionParameter.REQUEST_WEIGHT)) {
            throw new IllegalStateException("what depends on the adapter must be settled first");
        }
        double energy = basis.isSubspace() && action == ActionKind.PROJECT
                ? Objects.requireNonNull(basis.energy())
                : parameters.getOrDefault(ActionParameter.ENERGY, 1.0);
        return CorrectionMethods.of(
                action,
                new CorrectionSettings(
                        parameters.getOrDefault(ActionParameter.STRENGTH, 1.0),
                        energy,
                        parameters.getOrDefault(ActionParameter.GAIN, 1.0),
                        parameters.getOrDefault(ActionParameter.GAIN_EXPONENT, 1.0),
                        parameters.getOrDefault(ActionParameter.RESTORED, 0.0),
                        parameters
                                .getOrDefault(ActionParameter.RESTORE_RANK, 0.0)
                                .intValue(),
                        parameters.getOrDefault(ActionParameter.TOLERANCE, 1e-3),
                        parameters.getOrDefault(ActionParameter.REQUEST_WEIGHT, 0.0),
                        recorded.map(each -> each),
                        basis.isSubspace()));
    }
}

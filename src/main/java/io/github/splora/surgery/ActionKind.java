package io.github.splora.surgery;

import static io.github.splora.surgery.ActionParameter.ENERGY;
import static io.github.splora.surgery.ActionParameter.GAIN;
import static io.github.splora.surgery.ActionParameter.GAIN_EXPONENT;
import static io.github.splora.surgery.ActionParameter.REQUEST_WEIGHT;
import static io.github.splora.surgery.ActionParameter.RESTORED;
import static io.github.splora.surgery.ActionParameter.RESTORE_MODULES;
import static io.github.splora.surgery.ActionParameter.RESTORE_RANK;
import static io.github.splora.surgery.ActionParameter.STRENGTH;
import static io.github.splora.surgery.ActionParameter.TASK_COSINE;
import static io.github.splora.surgery.ActionParameter.TOLERANCE;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The actions by the names that {@code --action} takes, each with its parameters, their defaults, and its words. */
public enum ActionKind {
    DROP("drop", "prune", "removed", settings -> new DropAction(settings.configStyle()), Map.of()),
    ZERO("zero", "prune", "set to zero", settings -> new ZeroAction(), Map.of()),
    SCALE("scale", "scale", "scaled down", CorrectAction::new, Map.of(STRENGTH, 0.5)),
    PROJECT("project", "project", "projected", CorrectAction::new, Map.of(STRENGTH, 1.0)),
    ATTENUATE("attenuate", "attenuate", "attenuated", CorrectAction::new, Map.of(STRENGTH, 1.0, ENERGY, 0.95)),
    DEFLATE(
            "deflate",
            "deflate",
            "deflated",
            CorrectAction::new,
            Map.of(STRENGTH, 0.8, GAIN, ActionParameter.AUTO, GAIN_EXPONENT, ActionParameter.AUTO, TOLERANCE, 1e-3)),
    RESTORE(
            "restore",
            "restore",
            "restored",
            CorrectAction::new,
            Map.of(RESTORED, 0.3, RESTORE_RANK, 16.0, RESTORE_MODULES, ActionParameter.ADAPTER, TOLERANCE, 1e-3)),
    REPAIR(
            "repair",
            "repair",
            "repaired",
            CorrectAction::new,
            Map.of(
                    STRENGTH,
                    0.8,
                    GAIN,
                    ActionParameter.AUTO,
                    GAIN_EXPONENT,
                    ActionParameter.AUTO,
                    RESTORED,
                    0.3,
                    RESTORE_RANK,
                    16.0,
                    RESTORE_MODULES,
                    ActionParameter.AUTO,
                    TOLERANCE,
                    1e-3)),
    CONFINE(
            "confine",
            "confine",
            "confined",
            CorrectAction::new,
            Map.of(
                    REQUEST_WEIGHT,
                    ActionParameter.AUTO,
                    TASK_COSINE,
                    0.95,
                    RESTORED,
                    0.0,
                    RESTORE_RANK,
                    16.0,
                    RESTORE_MODULES,
                    ActionParameter.AUTO,
                    TOLERANCE,
                    1e-3));

    private final String label;
    private final String verb;
    private final String participle;
    private final Function<ActionSettings, Action> constructor;
    private final Map<ActionParameter, Double> defaults;

    ActionKind(
            String label,
            String verb,
            String participle,
            Function<ActionSettings, Action> constructor,
            Map<ActionParameter, Double> defaults) {
        this.label = label;
        this.verb = verb;
        this.participle = participle;
        this.constructor = constructor;
        Map<ActionParameter, Double> ordered = new EnumMap<>(ActionParameter.class);
        ordered.putAll(defaults);
        this.defaults = Collections.unmodifiableMap(ordered);
    }

    /** Returns the actions that take a parameter. */
    public static List<ActionKind> taking(ActionParameter parameter) {
        return Arrays.stream(values())
                .filter(action -> action.defaults.containsKey(parameter))
                .toList();
    }

    /** The action, if it adds no ranks. */
    public Action action(ConfigStyle style) {
        return action(ActionSettings.of(style));
    }

    public Action action(ActionSettings settings) {
        return constructor.apply(settings);
    }

    /** What it does to a module, for sentences: "prune". */
    public String verb() {
        return verb;
    }

    /** What has been done to a module, for sentences: "removed". */
    public String participle() {
        return participle;
    }

    /** The parameters that it takes, with their defaults. */
    public Map<ActionParameter, Double> defaults() {
        return defaults;
    }

    /** Whether it replaces a module's factors with corrected ones. */
    public boolean corrects() {
        return !defaults.isEmpty();
    }

    /** Whether it filters deltas, so that its strength is a share of ‖V‖². */
    private boolean filters() {
        return defaults.containsKey(GAIN);
    }

    /** What is wrong with the value of a parameter that it takes, in a sentence; empty if nothing is. */
    public Optional<String> contradiction(ActionParameter parameter, double value) {
        if (parameter == STRENGTH && filters() && !(value > 0 && value < 1)) {
            return Optional.of(parameter.unexpected(value, "between 0 and 1 (exclusive) for --action " + label));
        }
        if (parameter == RESTORED && this == RESTORE && value == 0) {
            return Optional.of(parameter.unexpected(value, "above 0 for --action " + label));
        }
        return parameter.contradiction(value);
    }

    /** Whether a merged checkpoint, which has no factors, can take it. */
    public boolean suitsMerged() {
        return this == DROP || this == RESTORE;
    }

    /** Whether it needs what was recorded of the inputs of the modules' layers. */
    public boolean needsRecordedInputs() {
        return this == CONFINE;
    }

    /** Whether it rewrites the config, so that the config's style matters. */
    public boolean takesConfigStyle() {
        return this == DROP;
    }

    @Override
    public String toString() {
        return label;
    }
}

package io.github.splora.surgery;

import static io.github.splora.surgery.ActionParameter.ENERGY;
import static io.github.splora.surgery.ActionParameter.GAIN;
import static io.github.splora.surgery.ActionParameter.STRENGTH;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The actions by the names that {@code --action} takes, each with its parameters, their defaults, and its words. */
public enum ActionKind {
    DROP("drop", "prune", "removed", DropAction::new, Map.of()),
    ZERO("zero", "prune", "set to zero", style -> new ZeroAction(), Map.of()),
    SCALE("scale", "scale", "scaled down", style -> new CorrectAction(), Map.of(STRENGTH, 0.5)),
    PROJECT("project", "project", "projected", style -> new CorrectAction(), Map.of(STRENGTH, 1.0)),
    ATTENUATE(
            "attenuate", "attenuate", "attenuated", style -> new CorrectAction(), Map.of(STRENGTH, 1.0, ENERGY, 0.95)),
    DEFLATE(
            "deflate",
            "deflate",
            "deflated",
            style -> new CorrectAction(),
            Map.of(STRENGTH, 1.0, ENERGY, 0.6, GAIN, 1.3));

    private final String label;
    private final String verb;
    private final String participle;
    private final Function<ConfigStyle, Action> constructor;
    private final Map<ActionParameter, Double> defaults;

    ActionKind(
            String label,
            String verb,
            String participle,
            Function<ConfigStyle, Action> constructor,
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

    /** @param style for actions that rewrite the config */
    public Action action(ConfigStyle style) {
        return constructor.apply(style);
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
        return defaults.containsKey(STRENGTH);
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

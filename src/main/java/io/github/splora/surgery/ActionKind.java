package io.github.splora.surgery;

import java.util.OptionalDouble;
import java.util.function.Function;

/** The actions by the names that {@code --action} takes. */
public enum ActionKind {
    DROP("drop", DropAction::new, "removed", OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty()),
    ZERO(
            "zero",
            style -> new ZeroAction(),
            "set to zero",
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
    SCALE(
            "scale",
            style -> new CorrectAction(),
            "scaled down",
            OptionalDouble.of(0.5),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
    PROJECT(
            "project",
            style -> new CorrectAction(),
            "projected",
            OptionalDouble.of(1),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
    ATTENUATE(
            "attenuate",
            style -> new CorrectAction(),
            "attenuated",
            OptionalDouble.of(1),
            OptionalDouble.of(0.95),
            OptionalDouble.empty()),
    DEFLATE(
            "deflate",
            style -> new CorrectAction(),
            "deflated",
            OptionalDouble.of(1),
            OptionalDouble.of(0.6),
            OptionalDouble.of(1.3));

    private final String label;
    private final Function<ConfigStyle, Action> constructor;
    private final String participle;
    private final OptionalDouble strength;
    private final OptionalDouble energy;
    private final OptionalDouble gain;

    ActionKind(
            String label,
            Function<ConfigStyle, Action> constructor,
            String participle,
            OptionalDouble strength,
            OptionalDouble energy,
            OptionalDouble gain) {
        this.label = label;
        this.constructor = constructor;
        this.participle = participle;
        this.strength = strength;
        this.energy = energy;
        this.gain = gain;
    }

    /** @param style for actions that rewrite the config */
    public Action action(ConfigStyle style) {
        return constructor.apply(style);
    }

    /** What has been done to a module, for sentences: "removed". */
    public String participle() {
        return participle;
    }

    /** How far it goes if the user does not say, from 0 to 1; empty for an action that is done or not. */
    public OptionalDouble strength() {
        return strength;
    }

    /** Share of ‖V‖² in the subspaces that it looks at, if the user does not say; empty if it looks at none of its own. */
    public OptionalDouble energy() {
        return energy;
    }

    /** What the corrected delta is multiplied with, if the user does not say; empty where nothing is. */
    public OptionalDouble gain() {
        return gain;
    }

    /** Whether it puts corrected factors in the place of a module's own. */
    public boolean corrects() {
        return strength.isPresent();
    }

    @Override
    public String toString() {
        return label;
    }
}

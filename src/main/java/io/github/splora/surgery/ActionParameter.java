package io.github.splora.surgery;

import java.util.Optional;
import java.util.function.DoublePredicate;

/** The numbers that some actions take; {@link ActionKind} says which take which, and with which defaults. */
public enum ActionParameter {
    /** How far a correction goes, from 0, which leaves a delta as it is, to 1. */
    STRENGTH("strength", "--strength", value -> value >= 0 && value <= 1, "a number from 0 to 1"),
    /** Share of ‖V‖² in the dominant subspaces that the action uses. */
    ENERGY("energy", "--action-energy", value -> value > 0 && value <= 1, "a number above 0, up to 1,"),
    /** Factor of a corrected delta. */
    GAIN("gain", "--gain", value -> value > 0 && Double.isFinite(value), "a number above 0");

    private final String label;
    private final String option;
    private final DoublePredicate isValid;
    private final String expected;

    ActionParameter(String label, String option, DoublePredicate isValid, String expected) {
        this.label = label;
        this.option = option;
        this.isValid = isValid;
        this.expected = expected;
    }

    /** The option of {@code splora prune} that sets it. */
    public String option() {
        return option;
    }

    /** What is wrong with a value, in a sentence; empty if nothing is. */
    public Optional<String> contradiction(double value) {
        return isValid.test(value)
                ? Optional.empty()
                : Optional.of(option + " " + value + ": " + expected + " is expected");
    }

    @Override
    public String toString() {
        return label;
    }
}

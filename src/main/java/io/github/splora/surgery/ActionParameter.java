package io.github.splora.surgery;

import java.util.Locale;
import java.util.Optional;
import java.util.function.DoublePredicate;

/** The numbers that some actions take; {@link ActionKind} says which take which, and with which defaults. */
public enum ActionParameter {
    /** How far a correction goes, from 0, which leaves a delta as it is, to 1; for deflation the share of ‖V‖² filtered out. */
    STRENGTH("strength", "--strength", value -> value >= 0 && value <= 1, "a number from 0 to 1"),
    /** Share of ‖V‖² in the dominant subspaces that the action uses. */
    ENERGY("energy", "--action-energy", value -> value > 0 && value <= 1, "above 0 and at most 1"),
    /** Factor of a deflated delta; {@link #AUTO} to derive it from the adapter. */
    GAIN(
            "gain",
            "--gain",
            value -> Double.isNaN(value) || (value > 0 && Double.isFinite(value)),
            "auto or a number above 0"),
    /** Exponent of a derived gain; {@link #AUTO} for the one that suits the adapter. */
    GAIN_EXPONENT(
            "gain exponent",
            "--gain-exponent",
            value -> Double.isNaN(value) || (value >= 0 && value <= 10),
            "auto or a number from 0 to 10"),
    /** Factor of the part of V that is added. */
    RESTORED("restore", "--restore", value -> value >= 0 && value <= 10, "a number from 0 to 10"),
    /** Number of ranks that restoring adds to each selected module. */
    RESTORE_RANK(
            "restore rank",
            "--restore-rank",
            value -> value >= 1 && value <= 256 && value == Math.rint(value),
            "a whole number from 1 to 256"),
    /** The modules that are restored: {@link #ADAPTER}'s own, all {@link #LINEAR} layers of its blocks, or {@link #AUTO}. */
    RESTORE_MODULES(
            "restore modules",
            "--restore-modules",
            value -> Double.isNaN(value) || value == 0 || value == 1,
            "auto, adapter or linear"),
    /** How much more other requests count than the task when deltas are confined to it; {@link #AUTO} for as much as the task allows. */
    REQUEST_WEIGHT(
            "request weight",
            "--request-weight",
            value -> Double.isNaN(value) || (value >= 0 && value <= 1e6),
            "auto or a number from 0 to 1e6"),
    /** What the task allows: the cosine of what the adapter does to inputs of the task, before and after. */
    TASK_COSINE("task cosine", "--task-cosine", value -> value > 0 && value < 1, "between 0 and 1 (exclusive)"),
    /** Largest relative error of a filtered delta. */
    TOLERANCE("tolerance", "--tolerance", value -> value >= 1e-6 && value <= 0.01, "a number from 1e-6 to 0.01");

    /** Only the adapter's modules are restored. */
    public static final double ADAPTER = 0;
    /** All linear layers of the adapter's blocks are restored. */
    public static final double LINEAR = 1;

    /** How the option names {@link #LINEAR}. */
    public static final String LINEAR_IN_WORDS = "linear";

    /** A value that is derived from the adapter, for the parameters that allow it. */
    public static final double AUTO = Double.NaN;

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

    /** The parameter that says how {@link #AUTO} is derived, and that means nothing beside a number; empty if there is none. */
    public Optional<ActionParameter> derivation() {
        return switch (this) {
            case GAIN -> Optional.of(GAIN_EXPONENT);
            case REQUEST_WEIGHT -> Optional.of(TASK_COSINE);
            default -> Optional.empty();
        };
    }

    /** The option of {@code splora prune} that sets it. */
    public String option() {
        return option;
    }

    /** What is wrong with a value, in a sentence; empty if nothing is. */
    public Optional<String> contradiction(double value) {
        return isValid.test(value) ? Optional.empty() : Optional.of(unexpected(value, expected));
    }

    String unexpected(double value, String instead) {
        return option + " " + asOption(value) + ": must be " + instead;
    }

    /** Returns a value as its option takes it. */
    public String asOption(double value) {
        if (this == RESTORE_MODULES && !Double.isNaN(value)) {
            return value == LINEAR ? LINEAR_IN_WORDS : "adapter";
        }
        return Double.isNaN(value)
                ? "auto"
                : this == RESTORE_RANK && value == Math.rint(value) ? whole(value) : String.valueOf(value);
    }

    /** Returns a value for people: a gain to four digits. */
    public String inWords(double value) {
        return this == GAIN && !Double.isNaN(value)
                ? String.valueOf(Double.parseDouble(String.format(Locale.ROOT, "%.4g", value)))
                : asOption(value);
    }

    private static String whole(double value) {
        return String.valueOf((int) value);
    }

    @Override
    public String toString() {
        return label;
    }
}

package io.github.splora.select;

import io.github.splora.error.Plural;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A rule that selects from the scored units (modules, fusions or blocks), highest score first, ties by name. */
public sealed interface SelectionRule {

    /** Returns the rule's name in a report. */
    String label();

    /** Returns the rule's number in a report; null if it has none. */
    default @Nullable Double value() {
        return null;
    }

    /**
     * Returns the rule in a few words.
     *
     * @param unit the unit of selection, such as {@code module}
     */
    String inWords(String unit);

    /** Whether the rule divides the ranking at a score, so that a chart can show the cut. */
    default boolean isByScore() {
        return value() != null;
    }

    /** Returns the rule with this {@link #label} and {@link #value}; empty if there is none. */
    static Optional<SelectionRule> of(@Nullable String label, @Nullable Double value) {
        if (label == null) {
            return Optional.empty();
        }
        try {
            SelectionRule rule =
                    switch (label) {
                        case None.LABEL -> value == null ? new None() : null;
                        case All.LABEL -> value == null ? new All() : null;
                        case Above.LABEL -> value == null ? null : new Above(value);
                        case Highest.LABEL ->
                            value == null || value != value.intValue() ? null : new Highest(value.intValue());
                        case Share.LABEL -> value == null ? null : new Share(value);
                        default -> null;
                    };
            return Optional.ofNullable(rule);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Selects nothing: without a rule, every module is kept. */
    record None() implements SelectionRule {

        private static final String LABEL = "none";

        @Override
        public String label() {
            return LABEL;
        }

        @Override
        public String inWords(String unit) {
            return "no rule given";
        }
    }

    /** Selects every module that an action can be applied to, whatever its score. */
    record All() implements SelectionRule {

        private static final String LABEL = "all";

        @Override
        public String label() {
            return LABEL;
        }

        @Override
        public String inWords(String unit) {
            return "all modules";
        }
    }

    /** Selects every unit with a score strictly above {@code limit}. */
    record Above(double limit) implements SelectionRule {

        private static final String LABEL = "threshold";

        public Above {
            if (!Double.isFinite(limit)) {
                throw new IllegalArgumentException("a threshold must be finite, not " + limit);
            }
        }

        @Override
        public String label() {
            return LABEL;
        }

        @Override
        public @Nullable Double value() {
            return limit;
        }

        @Override
        public String inWords(String unit) {
            return "score above " + limit;
        }
    }

    /** Selects exactly the {@code count} units with the highest scores. */
    record Highest(int count) implements SelectionRule {

        private static final String LABEL = "count";

        public Highest {
            if (count < 0) {
                throw new IllegalArgumentException("a count must be at least 0, not " + count);
            }
        }

        @Override
        public String label() {
            return LABEL;
        }

        @Override
        public @Nullable Double value() {
            return (double) count;
        }

        @Override
        public String inWords(String unit) {
            return "the " + (count == 1 ? "" : count + " ") + "highest " + unit
                    + Plural.choose(count, " score", " scores");
        }
    }

    /**
     * Selects the share {@code fraction}, in [0, 1], of the scored units. Their number is rounded to the nearest whole
     * number (half up).
     */
    record Share(double fraction) implements SelectionRule {

        private static final String LABEL = "fraction";

        public Share {
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("a fraction must be from 0 to 1, not " + fraction);
            }
        }

        @Override
        public String label() {
            return LABEL;
        }

        @Override
        public @Nullable Double value() {
            return fraction;
        }

        @Override
        public String inWords(String unit) {
            return "the highest " + unit + " scores, fraction " + fraction;
        }
    }
}

package io.github.splora.select;

import io.github.splora.error.Plural;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of the scored units (modules, fusions or blocks) are selected. Highest score first; ties by name. */
public sealed interface SelectionRule {

    /** The rule's name in a report. */
    String label();

    /** The rule's number in a report; null where there is none. */
    default @Nullable Double value() {
        return null;
    }

    /**
     * Returns the rule in a few words.
     *
     * @param unit what is selected as one, {@code module}
     */
    String inWords(String unit);

    /** Whether the rule cuts the ranking in two; otherwise there is no cut to draw. */
    default boolean isByScore() {
        return value() != null;
    }

    /** Returns the rule with this {@link #label} and {@link #value}; empty if there is none. */
    static Optional<SelectionRule> of(@Nullable String label, @Nullable Double value) {
        if (label == null || (value != null && !Double.isFinite(value))) {
            return Optional.empty();
        }
        SelectionRule rule =
                switch (label) {
                    case None.LABEL -> value == null ? new None() : null;
                    case All.LABEL -> value == null ? new All() : null;
                    case Above.LABEL -> value == null ? null : new Above(value);
                    case Highest.LABEL ->
                        value == null || value != Math.rint(value) || value < 0 || value > Integer.MAX_VALUE
                                ? null
                                : new Highest(value.intValue());
                    case Share.LABEL -> value == null || value < 0 || value > 1 ? null : new Share(value);
                    default -> null;
                };
        return Optional.ofNullable(rule);
    }

    /** No unit: without a rule everything is kept. */
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

    /** Every module that an action can be applied to, whatever its score. */
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

    /** Every unit with a score strictly above {@code limit}. */
    record Above(double limit) implements SelectionRule {

        private static final String LABEL = "threshold";

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

    /** Exactly the {@code count} units with the highest scores. */
    record Highest(int count) implements SelectionRule {

        private static final String LABEL = "count";

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

    /** The share {@code fraction} of the scored units, in [0, 1], rounded to the nearest whole number (half up). */
    record Share(double fraction) implements SelectionRule {

        private static final String LABEL = "fraction";

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
            return "the highest " + fraction + " of the " + unit + " scores";
        }
    }
}

package io.github.splora.select;

/** Which of the scored units (modules or blocks) are to go. Highest score first; ties by name. */
public sealed interface SelectionRule {

    /** The rule's name in a report. */
    String label();

    /** The rule's figure; null where there is none. */
    Double value();

    /** No unit: what there is no rule for is kept. */
    record None() implements SelectionRule {
        @Override
        public String label() {
            return "none";
        }

        @Override
        public Double value() {
            return null;
        }
    }

    /** Every module that anything can be done to, whatever its score. */
    record All() implements SelectionRule {
        @Override
        public String label() {
            return "all";
        }

        @Override
        public Double value() {
            return null;
        }
    }

    /** Every unit with a score strictly above {@code pruneAbove}. */
    record Above(double pruneAbove) implements SelectionRule {
        @Override
        public String label() {
            return "threshold";
        }

        @Override
        public Double value() {
            return pruneAbove;
        }
    }

    /** Exactly the {@code count} units with the highest scores. */
    record Highest(int count) implements SelectionRule {
        @Override
        public String label() {
            return "count";
        }

        @Override
        public Double value() {
            return (double) count;
        }
    }

    /** The share {@code fraction} of the scored units, in [0, 1], rounded to the nearest whole number (half up). */
    record Share(double fraction) implements SelectionRule {
        @Override
        public String label() {
            return "fraction";
        }

        @Override
        public Double value() {
            return fraction;
        }
    }
}

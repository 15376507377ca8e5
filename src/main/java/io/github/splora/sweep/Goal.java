package io.github.splora.sweep;

import io.github.splora.statistics.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What makes an adapter a good one.
 *
 * @param minimize the figure of harm, smaller is better
 * @param maximize the figure of use, larger is better
 * @param requirements what it must meet besides
 */
public record Goal(String minimize, String maximize, List<Condition> requirements) {

    /** The figures that an evaluation must give. */
    public List<String> figures() {
        return Stream.concat(
                        Stream.of(minimize, maximize), requirements.stream().map(Condition::figure))
                .distinct()
                .toList();
    }

    /** The evaluation itself, or a failed one if it lacks a figure. */
    public Evaluation checked(Evaluation evaluation) {
        List<String> missing = new ArrayList<>(figures());
        missing.removeAll(evaluation.figures().keySet());
        return evaluation.hasFailed() || missing.isEmpty()
                ? evaluation
                : new Evaluation(
                        evaluation.figures(),
                        evaluation.seconds(),
                        "gave no " + missing + ", but " + evaluation.figures().keySet());
    }

    /** Use minus harm; the smallest there is of an adapter without figures. */
    public double value(Map<String, Double> figures) {
        return figures.containsKey(maximize) && figures.containsKey(minimize)
                ? figure(figures, maximize) - figure(figures, minimize)
                : Double.NEGATIVE_INFINITY;
    }

    public boolean isMetBy(Map<String, Double> figures) {
        return requirements.stream().allMatch(requirement -> requirement.isMetBy(figures.get(requirement.figure())));
    }

    /** Whether one is at least as good in both figures, and better in one. */
    public boolean dominates(Map<String, Double> one, Map<String, Double> other) {
        double less = figure(other, minimize) - figure(one, minimize);
        double more = figure(one, maximize) - figure(other, maximize);
        return less >= 0 && more >= 0 && (less > 0 || more > 0);
    }

    /** Best first: the most use, then the least harm. */
    public Comparator<Map<String, Double>> bestFirst() {
        return Comparator.<Map<String, Double>>comparingDouble(figures -> -figure(figures, maximize))
                .thenComparingDouble(figures -> figure(figures, minimize));
    }

    private static double figure(Map<String, Double> figures, String name) {
        return Objects.requireNonNull(figures.get(name), name);
    }
}

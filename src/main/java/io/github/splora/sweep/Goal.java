package io.github.splora.sweep;

import io.github.splora.statistics.Condition;
import io.github.splora.sweep.Confirmation.Unmet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The goal of a sweep, by which candidates are compared.
 *
 * @param minimize name of the figure that measures harm; lower is better
 * @param maximize name of the figure that measures usefulness; higher is better
 * @param requirements conditions that the winner must meet
 * @param maxUtilityLoss the largest share of the unchanged adapter's usefulness that the winner may lose; null for no limit. With
 *     a limit, the winner is the least harmful adapter; without one, the most useful
 */
public record Goal(String minimize, String maximize, List<Condition> requirements, @Nullable Double maxUtilityLoss) {

    /** Creates a goal without a limit on the loss. */
    public Goal(String minimize, String maximize, List<Condition> requirements) {
        this(minimize, maximize, requirements, null);
    }

    /** Returns the figures that an evaluation must print. */
    public List<String> figures() {
        return Stream.concat(
                        Stream.of(minimize, maximize), requirements.stream().map(Condition::figure))
                .distinct()
                .toList();
    }

    /** Returns the evaluation itself, or a failed one if it lacks a figure. */
    public Evaluation checked(Evaluation evaluation) {
        List<String> missing = new ArrayList<>(figures());
        missing.removeAll(evaluation.figures().keySet());
        return evaluation.hasFailed() || missing.isEmpty()
                ? evaluation
                : new Evaluation(
                        evaluation.figures(),
                        evaluation.seconds(),
                        "did not print " + missing + ", only "
                                + evaluation.figures().keySet());
    }

    /** Returns usefulness minus harm; negative infinity without figures. */
    public double value(Map<String, Double> figures) {
        return figures.containsKey(maximize) && figures.containsKey(minimize)
                ? figure(figures, maximize) - figure(figures, minimize)
                : Double.NEGATIVE_INFINITY;
    }

    /**
     * Whether an adapter meets all conditions.
     *
     * @param unchanged the unchanged adapter's figures; empty if they are unknown
     */
    public boolean isMetBy(Map<String, Double> figures, Map<String, Double> unchanged) {
        return unmetBy(figures, unchanged).isEmpty();
    }

    private List<Unmet> unmetBy(Map<String, Double> figures, Map<String, Double> unchanged) {
        List<Unmet> unmet = new ArrayList<>();
        requirements.stream()
                .filter(requirement -> !requirement.isMetBy(figures.get(requirement.figure())))
                .forEach(requirement -> unmet.add(new Unmet(requirement.text(), requirement.figure())));
        if (maxUtilityLoss != null && !isLossWithin(maxUtilityLoss, figures, unchanged)) {
            unmet.add(new Unmet("--max-utility-loss " + maxUtilityLoss, maximize));
        }
        return unmet;
    }

    /**
     * Returns the conditions that the best candidate does not meet on held-back prompts. Where only the loss is limited, the candidate
     * was chosen as the least harmful one, so it must not be more harmful than the unchanged adapter.
     */
    public List<Unmet> unconfirmedBy(Map<String, Double> figures, Map<String, Double> unchanged) {
        List<Unmet> unmet = unmetBy(figures, unchanged);
        if (maxUtilityLoss != null
                && requirements.isEmpty()
                && figure(figures, minimize) > figure(unchanged, minimize)) {
            unmet.add(new Unmet(minimize + "<=" + minimize + " of the unchanged adapter", minimize));
        }
        return List.copyOf(unmet);
    }

    private boolean isLossWithin(double most, Map<String, Double> figures, Map<String, Double> unchanged) {
        Double before = unchanged.get(maximize);
        return before != null && figure(figures, maximize) >= before - most * Math.abs(before);
    }

    /** Whether {@code one} is at least as good as {@code other} in both figures, and better in one. */
    public boolean dominates(Map<String, Double> one, Map<String, Double> other) {
        double less = figure(other, minimize) - figure(one, minimize);
        double more = figure(one, maximize) - figure(other, maximize);
        return less >= 0 && more >= 0 && (less > 0 || more > 0);
    }

    /** Orders figures best first: by most usefulness, then by least harm; the other way around where the loss is limited. */
    public Comparator<Map<String, Double>> bestFirst() {
        Comparator<Map<String, Double>> byUsefulness =
                Comparator.comparingDouble(figures -> -figure(figures, maximize));
        Comparator<Map<String, Double>> byHarm = Comparator.comparingDouble(figures -> figure(figures, minimize));
        return maxUtilityLoss == null ? byUsefulness.thenComparing(byHarm) : byHarm.thenComparing(byUsefulness);
    }

    private static double figure(Map<String, Double> figures, String name) {
        return Objects.requireNonNull(figures.get(name), name);
    }
}

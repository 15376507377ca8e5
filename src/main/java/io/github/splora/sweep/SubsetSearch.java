package io.github.splora.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Searches for a good set of a given size, guided only by an evaluation. It adds one item after the other, greedily.
 * The first two steps try every item. Each later step tries half as many as the one before, but at least
 * {@value #FEWEST}: those with the highest gains so far. The rest of the budget goes into exchanging one item of the
 * set for another, beginning with the smallest loss and the highest gain.
 *
 * @param <T> the type of the items
 */
public final class SubsetSearch<T> {

    private static final int FEWEST = 8;

    private final List<T> items;
    private final int size;
    private final int budget;
    private final Map<Set<T>, Double> values = new HashMap<>();
    /** The latest measured gain of adding an item. */
    private final Map<T, Double> gains = new HashMap<>();

    private ToDoubleFunction<Set<T>> evaluation;

    /**
     * @param items the items; ties are broken by their order
     * @param size size of the set to find
     * @param budget maximum number of sets to evaluate
     */
    @SuppressWarnings("NullAway.Init") // run() sets the rest before anything reads it
    public SubsetSearch(List<T> items, int size, int budget) {
        this.items = List.copyOf(items);
        this.size = Math.min(size, items.size());
        this.budget = budget;
    }

    /**
     * Searches.
     *
     * @param value evaluates a set; higher is better
     * @return the best evaluated set of the given size; empty if the budget was too small to evaluate one
     */
    public Set<T> run(ToDoubleFunction<Set<T>> value) {
        evaluation = value;
        Set<T> chosen = Set.of();
        int tried = items.size();
        for (int step = 0; step < size; step++) {
            Set<T> next = bestStep(chosen, tried);
            if (next.isEmpty()) {
                return Set.of();
            }
            chosen = next;
            tried = step == 0 ? tried : Math.max(FEWEST, tried / 2);
        }
        return exchanged(chosen);
    }

    /** Returns the number of evaluated sets. */
    public int evaluations() {
        return values.size();
    }

    private Set<T> bestStep(Set<T> chosen, int most) {
        double before = values.getOrDefault(chosen, 0.0);
        List<T> promising = items.stream()
                .filter(item -> !chosen.contains(item))
                .sorted(Comparator.comparingDouble(item -> -gains.getOrDefault(item, 0.0)))
                .limit(most)
                .toList();
        Set<T> best = Set.of();
        for (T item : promising) {
            Set<T> next = with(chosen, item);
            if (!isKnown(next) && values.size() >= budget) {
                break;
            }
            gains.put(item, value(next) - before);
            if (best.isEmpty() || value(next) > value(best)) {
                best = next;
            }
        }
        return best;
    }

    private Set<T> exchanged(Set<T> found) {
        Set<T> best = found;
        boolean isBetter = true;
        while (isBetter) {
            isBetter = false;
            for (Set<T> neighbour : neighbours(best)) {
                if (isKnown(neighbour)) {
                    continue;
                }
                if (values.size() >= budget) {
                    return best;
                }
                if (value(neighbour) > value(best)) {
                    best = neighbour;
                    isBetter = true;
                    break;
                }
            }
        }
        return best;
    }

    private List<Set<T>> neighbours(Set<T> set) {
        Comparator<T> byGain = Comparator.comparingDouble(item -> gains.getOrDefault(item, 0.0));
        List<T> out = set.stream().sorted(byGain).toList();
        List<T> in = items.stream()
                .filter(item -> !set.contains(item))
                .sorted(byGain.reversed())
                .toList();
        List<Set<T>> neighbours = new ArrayList<>();
        // Diagonal order: pairs of good candidates from both lists come before the worst of either list.
        for (int sum = 0; sum < out.size() + in.size() - 1; sum++) {
            for (int i = Math.max(0, sum - in.size() + 1); i <= Math.min(sum, out.size() - 1); i++) {
                Set<T> neighbour = new LinkedHashSet<>(set);
                neighbour.remove(out.get(i));
                neighbour.add(in.get(sum - i));
                neighbours.add(Collections.unmodifiableSet(neighbour));
            }
        }
        return neighbours;
    }

    private boolean isKnown(Set<T> set) {
        return values.containsKey(set);
    }

    private double value(Set<T> set) {
        Double known = values.get(set);
        if (known == null) {
            known = evaluation.applyAsDouble(set);
            values.put(set, known);
        }
        return known;
    }

    private static <T> Set<T> with(Set<T> set, T item) {
        Set<T> larger = new LinkedHashSet<>(set);
        larger.add(item);
        return Collections.unmodifiableSet(larger);
    }
}

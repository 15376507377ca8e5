package io.github.splora.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubsetSearchTest {

    private static final List<Integer> ITEMS = IntStream.range(0, 30).boxed().toList();
    private static final double[] WORTH = new Random(5).doubles(30).toArray();

    private static double worth(Set<Integer> set) {
        return set.stream().mapToDouble(item -> WORTH[item]).sum();
    }

    private static Set<Integer> largest(int count) {
        return new HashSet<>(ITEMS.stream()
                .sorted((a, b) -> Double.compare(WORTH[b], WORTH[a]))
                .limit(count)
                .toList());
    }

    @Test
    void worthsThatAddUpAreFoundWithoutAnExchange() {
        SubsetSearch<Integer> search = new SubsetSearch<>(ITEMS, 5, 1000);
        assertThat(search.run(SubsetSearchTest::worth)).isEqualTo(largest(5));
    }

    @Test
    void theBudgetIsKept() {
        for (int budget : new int[] {1, 29, 30, 31, 60, 75, 90}) {
            SubsetSearch<Integer> search = new SubsetSearch<>(ITEMS, 5, budget);
            search.run(SubsetSearchTest::worth);
            assertThat(search.evaluations()).isLessThanOrEqualTo(budget);
        }
    }

    @Test
    void noSetIsEvaluatedTwice() {
        Set<Set<Integer>> seen = new HashSet<>();
        new SubsetSearch<>(ITEMS, 6, 200).run(set -> {
            assertThat(seen.add(Set.copyOf(set))).isTrue();
            return worth(set);
        });
    }

    @Test
    void aPairThatOnlyHelpsTogetherIsFoundByTryingEverythingInTheSecondStep() {
        // 3 is the best single item; 7 is worth nothing alone, but most together with 3.
        ToDoubleFunction<Set<Integer>> value =
                set -> (set.contains(3) ? 1 : 0) + (set.containsAll(Set.of(3, 7)) ? 2 : 0) + 0.01 * worth(set);
        assertThat(new SubsetSearch<>(ITEMS, 2, 100).run(value)).isEqualTo(Set.of(3, 7));
    }

    @Test
    void anExchangeMendsWhatGreedMissed() {
        List<Integer> byWorth = ITEMS.stream()
                .sorted((one, other) -> Double.compare(WORTH[other], WORTH[one]))
                .toList();
        int second = byWorth.get(1);
        int last = byWorth.get(29);
        // The greedy steps take the best item, then the second best; the last item is worth most with the second.
        ToDoubleFunction<Set<Integer>> value = set -> worth(set) + (set.containsAll(Set.of(second, last)) ? 5 : 0);
        assertThat(new SubsetSearch<>(ITEMS, 2, 59).run(value)).isEqualTo(largest(2));
        assertThat(new SubsetSearch<>(ITEMS, 2, 1000).run(value)).isEqualTo(Set.of(second, last));
    }

    @Test
    void withoutAnyDifferenceTheOrderOfTheItemsDecides() {
        assertThat(new SubsetSearch<>(ITEMS, 3, 1000).run(set -> 1)).isEqualTo(Set.of(0, 1, 2));
    }

    @Test
    void aBudgetThatDoesNotReachTheSizeFindsNothing() {
        assertThat(new SubsetSearch<>(ITEMS, 5, 30).run(SubsetSearchTest::worth))
                .isEmpty();
    }

    @Test
    void allItemsAreOneSet() {
        assertThat(new SubsetSearch<>(List.of(1, 2), 5, 100).run(SubsetSearchTest::worth))
                .isEqualTo(Set.of(1, 2));
    }
}

package io.github.splora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every tensor is read by one task, and the tasks read about the same number of bytes. */
class WeightBinsTest {

    private static Set<String> weight(int i) {
        return Set.of("base#w" + (100 + i), "aligned#w" + (100 + i));
    }

    @Test
    void tasksGetNeighborsAndTheSameNumberOfBytes() {
        Map<Set<String>, Long> weights = new HashMap<>();
        IntStream.range(0, 60).forEach(i -> weights.put(weight(i), i % 3 == 0 ? 40L : 10L));
        WeightBins bins = WeightBins.of(weights, 4);
        assertThat(bins.count()).isEqualTo(4);
        assertThat(bins.bytes()).isEqualTo(1200);
        long[] bytes = new long[4];
        int last = 0;
        for (int i = 0; i < 60; i++) {
            int bin = bins.ofTensors().get(weight(i));
            assertThat(bin).isBetween(last, last + 1);
            last = bin;
            bytes[bin] += weights.get(weight(i));
        }
        assertThat(bytes).containsOnly(300);
    }

    @Test
    void weightsThatShareATensorGoToOneTask() {
        Map<Set<String>, Long> weights = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            weights.put(weight(i), 10L);
        }
        // A chain from the first to the last: whatever shares a tensor with what shares a tensor.
        weights.put(Set.of("base#w100", "base#w105"), 10L);
        weights.put(Set.of("base#w105", "aligned#w109"), 10L);
        WeightBins bins = WeightBins.of(weights, 10);
        Set<Integer> together = new HashSet<>();
        for (Set<String> tensors : List.of(weight(0), weight(5), weight(9), Set.of("base#w100", "base#w105"))) {
            together.add(bins.ofTensors().get(tensors));
        }
        assertThat(together).hasSize(1);
        assertThat(new HashSet<>(bins.ofTensors().values())).hasSizeGreaterThan(3);
    }

    @Test
    void theOrderOfTheWeightsDoesNotMatter() {
        Map<Set<String>, Long> forwards = new LinkedHashMap<>();
        Map<Set<String>, Long> backwards = new LinkedHashMap<>();
        for (int i = 0; i < 30; i++) {
            forwards.put(weight(i), 1L + i);
            backwards.put(weight(29 - i), 30L - i);
        }
        assertThat(WeightBins.of(forwards, 7)).isEqualTo(WeightBins.of(backwards, 7));
    }

    @Test
    void thereAreNoMoreTasksThanWeights() {
        assertThat(WeightBins.of(Map.of(weight(0), 5L), 100).count()).isEqualTo(1);
        assertThat(WeightBins.of(Map.of(), 100)).isEqualTo(new WeightBins(Map.of(), 1, 0));
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares each module with the modules of the same projection type and shape (all q_proj, all k_proj, …), which makes
 * scores comparable across dimensions. The modules of a group that has fewer than {@value #SMALLEST_GROUP} members, or
 * no spread, are compared with all modules instead.
 */
final class TypePopulation implements Population {

    private static final int SMALLEST_GROUP = 4;

    private record Group(String type, List<Long> shape) {}

    @Override
    public Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators) {
        Map<Measurement, Moments> moments = new HashMap<>(new AllPopulation().moments(comparable, estimators));
        Set<Measurement> substantial = new HashSet<>(Negligible.removedFrom(comparable));
        Map<Group, List<Measurement>> groups =
                comparable.stream().collect(Collectors.groupingBy(TypePopulation::group));
        groups.values().forEach(group -> {
            List<Double> distances = group.stream()
                    .filter(substantial::contains)
                    .map(m -> m.compared().distance())
                    .toList();
            if (distances.size() >= SMALLEST_GROUP) {
                Moments own = Moments.of(distances, estimators);
                if (own.hasSpread()) {
                    group.forEach(measurement -> moments.put(measurement, own));
                }
            }
        });
        return moments;
    }

    private static Group group(Measurement measurement) {
        return new Group(
                measurement.module().tuned().type(), measurement.module().shape());
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A module is judged against those of the same projection type and shape (all q_proj, all k_proj, …), which is what
 * makes distances of different dimension comparable. A group of fewer than {@value #SMALLEST_GROUP}, or one without
 * spread, is judged against all modules.
 */
final class TypePopulation implements Population {

    private static final int SMALLEST_GROUP = 4;

    private record Group(String type, List<Long> shape) {}

    @Override
    public Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators) {
        Map<Measurement, Moments> moments = new HashMap<>(new AllPopulation().moments(comparable, estimators));
        Map<Group, List<Measurement>> groups = comparable.stream()
                .collect(Collectors.groupingBy(measurement -> new Group(
                        measurement.module().lora().type(), measurement.module().shape())));
        groups.values().forEach(group -> {
            Moments own = Moments.of(
                    group.stream().map(m -> m.comparison().distance()).toList(), estimators);
            if (group.size() >= SMALLEST_GROUP && own.hasSpread()) {
                group.forEach(measurement -> moments.put(measurement, own));
            }
        });
        return moments;
    }
}

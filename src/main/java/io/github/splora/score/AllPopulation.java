package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares each module with all modules of the adapter. */
final class AllPopulation implements Population {

    @Override
    public Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators) {
        Moments all = Moments.of(
                Negligible.removedFrom(comparable).stream()
                        .map(m -> m.compared().distance())
                        .toList(),
                estimators);
        Map<Measurement, Moments> moments = new HashMap<>();
        comparable.forEach(measurement -> moments.put(measurement, all));
        return moments;
    }
}

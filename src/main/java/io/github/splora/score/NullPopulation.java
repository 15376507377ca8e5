package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.measure.RandomDistance;
import io.github.splora.statistics.Estimators;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Compares each module with deltas of the same shape and singular values in random directions: with chance instead of
 * with other modules. Of two modules at the same distance, the one whose distance is less likely by chance scores
 * higher.
 */
final class NullPopulation implements Population {

    @Override
    public Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators) {
        Map<Measurement, Moments> moments = new HashMap<>();
        comparable.forEach(measurement -> {
            RandomDistance random =
                    Objects.requireNonNull(measurement.compared().random());
            // The distribution is nearly normal, so the mean is also the median.
            moments.put(
                    measurement,
                    new Moments(random.expected(), estimators.spread().ofNormal(random.deviation())));
        });
        return moments;
    }
}

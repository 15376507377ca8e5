package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.measure.RandomDistance;
import io.github.splora.statistics.Estimators;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Each module is judged against deltas of the same shape and singular values in random directions: against chance, not
 * against its like. Of two modules that are equally far, the one whose distance chance explains less stands out more.
 */
final class NullPopulation implements Population {

    @Override
    public Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators) {
        Map<Measurement, Moments> moments = new HashMap<>();
        comparable.forEach(measurement -> {
            RandomDistance random = measurement.comparison().random();
            // Nearly normal, so mean and median are one.
            moments.put(
                    measurement,
                    new Moments(random.expected(), estimators.spread().ofNormal(random.deviation())));
        });
        return moments;
    }
}

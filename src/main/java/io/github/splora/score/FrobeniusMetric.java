package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;

/** {@code ‖ΔW‖_F}: magnitude alone, the largest delta first. A baseline; it does not look at alignment. */
final class FrobeniusMetric implements Metric {

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization judging) {
        return comparable.stream()
                .map(measurement -> ModuleScore.scored(measurement, measurement.deltaNorm(), null))
                .toList();
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;

/** {@code ‖ΔW‖_F}: the largest deltas score highest. A baseline that ignores alignment. */
final class FrobeniusMetric implements Metric {

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization standardization) {
        return comparable.stream()
                .map(measurement -> ModuleScore.scored(measurement, measurement.deltaNorm(), null))
                .toList();
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import java.util.List;

/** {@code −cos(ΔW, reference)}, in [−1, 1]: modules that move against their reference score highest. */
final class CosineMetric implements Metric {

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization standardization) {
        return comparable.stream().map(CosineMetric::score).toList();
    }

    private static ModuleScore score(Measurement measurement) {
        Double cosine = measurement.compared().cosine();
        return cosine == null
                ? ModuleScore.unscored(measurement, Unscored.NO_DIRECTION)
                : ModuleScore.scored(measurement, -cosine, null);
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;

/**
 * {@code ‖LLᵀΔW RRᵀ‖/‖ΔW‖}, in [0, 1]: how far inside V's dominant subspaces L and R a delta lies, the furthest first.
 * What reads from where alignment reads and writes to where alignment writes is in a position to undo it.
 */
public final class OverlapMetric implements Metric {

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization judging) {
        return comparable.stream()
                .map(measurement ->
                        ModuleScore.scored(measurement, measurement.comparison().overlap(), null))
                .toList();
    }
}

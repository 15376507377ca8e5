package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;
import java.util.Objects;

/**
 * {@code ‖LLᵀΔW RRᵀ‖/‖ΔW‖}, in [0, 1]: the share of a delta inside V's dominant subspaces L and R. A delta that reads
 * from where alignment reads and writes to where alignment writes can undo alignment, so the largest shares score
 * highest.
 */
public final class OverlapMetric implements Metric {

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization standardization) {
        return comparable.stream()
                .map(measurement -> ModuleScore.scored(
                        measurement,
                        Objects.requireNonNull(measurement.compared().overlap()),
                        null))
                .toList();
    }
}

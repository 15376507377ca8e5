package io.github.splora.surgery;

import io.github.splora.adapter.LayerKind.Factors;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A module's new factors, for each matrix of its weight, with {@code B} scaled: {@code sBA}. They are computed again whenever
 * they are needed, so that they need not be held in float64.
 *
 * @param replaced factors of the old rank; empty if the old ones stay
 * @param added factors that become further ranks; empty if there are none
 */
public record CorrectedFactors(Optional<Supplier<List<Factors>>> replaced, Optional<Supplier<List<Factors>>> added) {

    /** Factors that only replace. */
    public static CorrectedFactors replacing(List<Factors> scaled) {
        return new CorrectedFactors(Optional.of(() -> scaled), Optional.empty());
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * E-DIEM: the distance, standardized by its population so that it is comparable across dimensions:
 *
 * <pre>eDiem = (d − E[d]) / spread(d)</pre>
 *
 * The default rule prunes modules that score above {@value #PRUNE_ABOVE}, about a quarter of a normal population.
 *
 * <p>Sources: SPLoRA ("Safe Pruning LoRA", TACL 2025); DIEM: Tessari, Yao, Hogan, arXiv 2407.08623. We could not
 * consult SPLoRA's printed equation, and its public code estimates E[d] and the IQR from copies of one pair, which
 * leaves only rounding noise. This class is our interpretation: both are estimated from the adapter's own modules or,
 * with {@link NullPopulation}, derived from chance.
 */
public final class EDiem implements Metric {

    /** The threshold of the default rule. */
    public static final double PRUNE_ABOVE = 0.5;

    @Override
    public List<ModuleScore> score(List<Measurement> comparable, Standardization standardization) {
        if (comparable.isEmpty()) {
            return List.of();
        }
        Map<Measurement, Moments> moments =
                standardization.population().moments(comparable, standardization.estimators());
        return comparable.stream()
                .map(measurement -> score(measurement, Objects.requireNonNull(moments.get(measurement))))
                .toList();
    }

    private static ModuleScore score(Measurement measurement, Moments moments) {
        return moments.hasSpread()
                ? ModuleScore.scored(
                        measurement, (measurement.compared().distance() - moments.center()) / moments.spread(), moments)
                : ModuleScore.unscored(measurement, Unscored.NO_SPREAD);
    }
}

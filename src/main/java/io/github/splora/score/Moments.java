package io.github.splora.score;

import io.github.splora.statistics.Center;
import io.github.splora.statistics.Estimators;
import io.github.splora.statistics.Spread;
import java.util.Collection;

/**
 * The center and the spread of a population of distances.
 *
 * @param center {@code E[d]}, estimated by a {@link Center}
 * @param spread estimated by a {@link Spread}
 */
record Moments(double center, double spread) {

    /**
     * A spread below this share of the center is rounding, and scores divided by it would be noise. Distances are computed with an
     * error of up to about 1e-7 of the center.
     */
    private static final double ROUNDING = 1e-6;

    /** @param distances at least one */
    static Moments of(Collection<Double> distances, Estimators estimators) {
        double[] sorted =
                distances.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Moments(estimators.center().of(sorted), estimators.spread().of(sorted));
    }

    /** Whether the distances differ by more than rounding, so that they can be standardized. */
    boolean hasSpread() {
        return spread > ROUNDING * Math.abs(center);
    }
}

package io.github.splora.score;

import io.github.splora.statistics.Center;
import io.github.splora.statistics.Estimators;
import io.github.splora.statistics.Spread;
import java.util.Collection;

/**
 * Center and spread of a population of distances.
 *
 * @param centre {@code E[d]}, as {@link Center} estimates it
 * @param spread as {@link Spread} does
 */
record Moments(double centre, double spread) {

    /**
     * Differences below this share of the centre are rounding, not spread: scores divided by them would be noise.
     */
    private static final double ROUNDING = 1e-12;

    /** @param distances at least one */
    static Moments of(Collection<Double> distances, Estimators estimators) {
        double[] sorted =
                distances.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Moments(estimators.centre().of(sorted), estimators.spread().of(sorted));
    }

    /** Whether the distances differ by more than rounding, so that they can be standardised. */
    boolean hasSpread() {
        return spread > ROUNDING * Math.abs(centre);
    }
}

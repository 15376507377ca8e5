package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Modules whose delta is tiny beside the adapter's largest. They have a score, but belong to no population and are ranked after all
 * others, so that modules without an effect can neither shift the scores of those that have one nor be pruned in their place.
 */
public final class Negligible {

    /** A norm of ΔW below this share of the adapter's largest is negligible; in squares, a millionth. */
    public static final double SHARE = 1e-3;

    private Negligible() {}

    /** Returns the smallest norm that counts among these. */
    public static double limit(Collection<@Nullable Double> deltaNorms) {
        return SHARE
                * deltaNorms.stream()
                        .filter(Objects::nonNull)
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(0);
    }

    /** Returns the measurements that form populations; at least one of at least one. */
    static List<Measurement> removedFrom(List<Measurement> measurements) {
        double limit = limit(measurements.stream().map(Measurement::deltaNorm).toList());
        return measurements.stream()
                .filter(measurement -> measurement.deltaNorm() >= limit)
                .toList();
    }
}

package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Modules whose delta is tiny beside the adapter's largest, and beside what alignment changed. They have a score, but belong to no
 * population and are ranked after all others, so that modules without an effect can neither shift the scores of those that have
 * one nor be pruned in their place. An adapter chooses its largest delta, but not what alignment changed: one endless module on
 * something that is never used does not make the others negligible.
 */
public final class Negligible {

    /** A norm of ΔW below this share of both is negligible; in squares, a millionth. */
    public static final double SHARE = 1e-3;

    private Negligible() {}

    /**
     * Returns the smallest norm that counts among these.
     *
     * @param alignmentNorms ‖V‖ of the same modules
     */
    public static double limit(Collection<@Nullable Double> deltaNorms, Collection<@Nullable Double> alignmentNorms) {
        OptionalDouble aligned = largest(alignmentNorms);
        return SHARE
                * Math.min(
                        largest(deltaNorms).orElse(0),
                        aligned.isPresent() && aligned.getAsDouble() > 0
                                ? aligned.getAsDouble()
                                : Double.POSITIVE_INFINITY);
    }

    private static OptionalDouble largest(Collection<@Nullable Double> norms) {
        return norms.stream()
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max();
    }

    /** Returns the measurements that form populations; at least one of at least one. */
    static List<Measurement> removedFrom(List<Measurement> measurements) {
        double limit = limit(
                measurements.stream().map(Measurement::deltaNorm).toList(),
                measurements.stream().map(Measurement::alignmentNorm).toList());
        return measurements.stream()
                .filter(measurement -> measurement.deltaNorm() >= limit)
                .toList();
    }
}

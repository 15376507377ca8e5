package io.github.splora.measure;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a module's delta compares with its reference.
 *
 * @param distance distance between ΔW and the reference, at least 0; the value that E-DIEM standardizes
 * @param cosine cosine between ΔW and the reference, in [−1, 1]; null if the reference is zero and has no direction
 * @param referenceNorm Frobenius norm of the reference
 * @param random the distance expected by chance; null if it was not requested
 * @param overlap share of ‖ΔW‖ within V's dominant subspaces, in [0, 1]; null for references that do not use them
 */
public record Comparison(
        double distance,
        @Nullable Double cosine,
        double referenceNorm,
        @Nullable RandomDistance random,
        @Nullable Double overlap)
        implements Serializable {

    /** Creates a comparison without the distance expected by chance and without an overlap. */
    public Comparison(double distance, @Nullable Double cosine, double referenceNorm) {
        this(distance, cosine, referenceNorm, null, null);
    }

    boolean isFinite() {
        return Double.isFinite(distance)
                && Double.isFinite(referenceNorm)
                && (cosine == null || Double.isFinite(cosine))
                && (random == null || (Double.isFinite(random.expected()) && Double.isFinite(random.deviation())))
                && (overlap == null || Double.isFinite(overlap));
    }

    /** Returns {@code inner / (a·b)}, clamped to [−1, 1] against rounding; null if a norm is zero. */
    static @Nullable Double cosine(double inner, double a, double b) {
        return a == 0 || b == 0 ? null : Double.valueOf(Math.max(-1, Math.min(1, inner / (a * b))));
    }
}

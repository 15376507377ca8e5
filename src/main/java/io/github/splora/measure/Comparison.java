package io.github.splora.measure;

/**
 * How a module's delta compares with its reference.
 *
 * @param distance between ΔW and the reference, at least 0; what E-DIEM standardises
 * @param cosine between ΔW and the reference, in [−1, 1]; null where the reference is zero and has no direction
 * @param referenceNorm Frobenius norm of the reference
 * @param random the distance that is expected of chance; null where nobody asked for it
 * @param overlap share of ‖ΔW‖ within V's dominant subspaces, in [0, 1]; null for references that do not look at them
 */
public record Comparison(double distance, Double cosine, double referenceNorm, RandomDistance random, Double overlap) {

    /** Of a reference that knows nothing of chance or of V's subspaces. */
    public Comparison(double distance, Double cosine, double referenceNorm) {
        this(distance, cosine, referenceNorm, null, null);
    }

    boolean isFinite() {
        return Double.isFinite(distance)
                && Double.isFinite(referenceNorm)
                && (cosine == null || Double.isFinite(cosine))
                && (random == null || Double.isFinite(random.expected()) && Double.isFinite(random.deviation()))
                && (overlap == null || Double.isFinite(overlap));
    }

    /** {@code inner / (a·b)}, kept within what rounding may have pushed it out of; null if a norm is zero. */
    static Double cosine(double inner, double a, double b) {
        return a == 0 || b == 0 ? null : Double.valueOf(Math.max(-1, Math.min(1, inner / (a * b))));
    }
}

package io.github.splora.alignment;

/**
 * Stopping rules for {@link KrylovSpaces}.
 *
 * @param tolerance largest estimated error of a filtered delta B'A', relative to its Frobenius norm
 * @param tripletGrowth largest estimated relative growth of the triplets' {@code Σ σ²} through further steps where convergence is
 *     slow. The spectrum then has no gap after the k-th value: the triplets hold nearly as much of V as the best ones, but
 *     {@code U_k Σ_k W_kᵀ} itself is not determined
 * @param fastTripletGrowth the same where convergence is fast; the relative error of {@code U_k Σ_k W_kᵀ} is about its square root
 * @param mostSteps largest number of steps, two walks each
 * @param isFloat64 whether products with V must be computed in float64; float32 limits the error to about 1e-6
 */
public record Accuracy(
        double tolerance, double tripletGrowth, double fastTripletGrowth, int mostSteps, boolean isFloat64) {

    /** Within 1e-3 of the dense result, which is what bfloat16 factors can hold. */
    public static final Accuracy DEFAULT = new Accuracy(7e-4, 5e-3, 1e-4, 40, false);

    /** Within 1e-6 of the dense result. */
    public static final Accuracy STRICT = new Accuracy(2e-7, 1e-8, 1e-13, 400, true);

    /** The error that {@link #DEFAULT} stays within. */
    private static final double DEFAULT_ERROR = 1e-3;

    private static final double STRICT_ERROR = 1e-6;
    /** Errors that float32 products can reach with room to spare. */
    private static final double FLOAT32_ERROR = 1e-5;

    /**
     * Returns the rules for a largest relative error of a filtered delta: between those of {@link #DEFAULT} for 1e-3 and of
     * {@link #STRICT} for 1e-6 on logarithmic scales, and beyond.
     *
     * @param error above 0
     */
    public static Accuracy within(double error) {
        if (error == DEFAULT_ERROR) {
            return DEFAULT;
        }
        double share = Math.log(DEFAULT_ERROR / error) / Math.log(DEFAULT_ERROR / STRICT_ERROR);
        return new Accuracy(
                between(DEFAULT.tolerance, STRICT.tolerance, share),
                between(DEFAULT.tripletGrowth, STRICT.tripletGrowth, share),
                between(DEFAULT.fastTripletGrowth, STRICT.fastTripletGrowth, share),
                error < DEFAULT_ERROR ? STRICT.mostSteps : DEFAULT.mostSteps,
                error < FLOAT32_ERROR);
    }

    /** Returns rules that are at least as strict as both. */
    public Accuracy and(Accuracy other) {
        return new Accuracy(
                Math.min(tolerance, other.tolerance),
                Math.min(tripletGrowth, other.tripletGrowth),
                Math.min(fastTripletGrowth, other.fastTripletGrowth),
                Math.max(mostSteps, other.mostSteps),
                isFloat64 || other.isFloat64);
    }

    private static double between(double first, double second, double share) {
        return first * Math.pow(second / first, share);
    }
}

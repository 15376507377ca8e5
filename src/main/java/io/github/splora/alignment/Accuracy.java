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
}

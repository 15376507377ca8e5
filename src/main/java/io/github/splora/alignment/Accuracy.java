package io.github.splora.alignment;

/**
 * When Krylov spaces are large enough.
 *
 * @param tolerance the estimated error of a filtered delta B'A', relative to its norm, at which no further step is made
 * @param tripletGrowth the estimated share by which {@code Σ σ²} of the strongest triplets would still grow with further steps,
 *     at which none is made where each makes little difference, since the spectrum has no gap there: triplets from both sides of
 *     where it is cut are as strong as each other
 * @param fastTripletGrowth the same, where steps make much difference; the relative error of {@code U_k Σ_k W_kᵀ} is about its root
 * @param mostSteps an upper bound, two walks each
 * @param isFloat64 whether products with V must be float64; float32 reaches a tolerance of about 1e-6
 */
public record Accuracy(
    double tolerance, double tripletGrowth, double fastTripletGrowth, int mostSteps, boolean isFloat64) {

  /** Within 1e-3 of the dense result: a bfloat16 holds no more. */
  public static final Accuracy DEFAULT = new Accuracy(5e-4, 5e-3, 1e-5, 40, false);

  /** Within 1e-6 of the dense result. */
  public static final Accuracy STRICT = new Accuracy(2e-7, 1e-8, 1e-13, 400, true);
}

package io.github.splora.alignment;

/**
 * When Krylov spaces are large enough.
 *
 * @param tolerance the estimated error of a filtered delta B'A', relative to its norm, at which no further step is made
 * @param tripletGrowth the estimated share by which {@code Σ σ²} of the strongest triplets would still grow with further steps,
 *     at which none is made
 * @param mostSteps an upper bound, two walks each
 * @param isFloat64 whether products with V must be float64; float32 reaches a tolerance of about 1e-6
 */
public record Accuracy(double tolerance, double tripletGrowth, int mostSteps, boolean isFloat64) {

  /** Within 1e-3 of the dense result: a bfloat16 holds no more. */
  public static final Accuracy DEFAULT = new Accuracy(3e-4, 1e-2, 40, false);

  /** Within 1e-6 of the dense result. */
  public static final Accuracy STRICT = new Accuracy(2e-7, 1e-8, 400, true);
}

package io.github.splora.delta;

import io.github.splora.linalg.Matrix;

/**
 * {@code B·A : [out, in]}, never multiplied out. With the Gram matrix {@code AAᵀ : [r, r]}, inner products of matrices
 * that share A need no {@code [out, in]} matrix: {@code ⟨XA, YA⟩ = tr((XᵀY)(AAᵀ))}. All in float64.
 *
 * @param a A : [r, in]
 * @param b B : [out, r], any scaling included
 * @param gramOfA {@code AAᵀ}
 */
public record LowRank(Matrix a, Matrix b, Matrix gramOfA) {

  /** Of its two factors. */
  public LowRank(Matrix a, Matrix b) {
    this(a, b, a.gramOfRows());
  }

  /** {@code ‖BA‖²}. */
  public double squaredNorm() {
    return Math.max(0, innerTimesA(b, b));
  }

  /** {@code ⟨XA, YA⟩} for {@code X, Y : [out, r]}; AAᵀ is symmetric, so a sum of products. */
  public double innerTimesA(Matrix x, Matrix y) {
    return x.transposeTimes(y).inner(gramOfA);
  }

  /** {@code BA − other}, of rank r + other's r. */
  public LowRank minus(LowRank other) {
    return new LowRank(
        a.transpose().beside(other.a.transpose()).transpose(), b.beside(other.b.scaledBy(-1)));
  }
}

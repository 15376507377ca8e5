package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.splora.storage.StoredTensor;

/**
 * {@code ΔW = s·BA}, never multiplied out. With the Gram matrix {@code AAᵀ : [r, r]}, inner products of deltas that
 * share A need no {@code [out, in]} matrix: {@code ⟨XA, YA⟩ = tr((XᵀY)(AAᵀ))}. All in float64.
 */
public final class LoraDelta {

  private final NDArray a;
  private final NDArray b;
  private final double scaling;
  private final NDArray gramOfA;

  private LoraDelta(NDArray a, NDArray b, double scaling) {
    this.a = a;
    this.b = b;
    this.scaling = scaling;
    this.gramOfA = a.matMul(a.transpose());
  }

  /**
   * Reads both factors.
   *
   * @param loraA {@code [r, in]}
   * @param loraB {@code [out, r]}
   * @param scope owns the arrays
   */
  public static LoraDelta read(StoredTensor loraA, StoredTensor loraB, double scaling, NDManager scope) {
    return new LoraDelta(matrix(loraA, scope), matrix(loraB, scope), scaling);
  }

  /** {@code A : [r, in]}. */
  public NDArray a() {
    return a;
  }

  /** {@code B : [out, r]}. */
  public NDArray b() {
    return b;
  }

  /** {@code s}. */
  public double scaling() {
    return scaling;
  }

  /** {@code ‖ΔW‖_F}. */
  public double norm() {
    return Math.abs(scaling) * normTimesA(b);
  }

  /** {@code ‖XA‖_F} for {@code X : [out, r]}. */
  public double normTimesA(NDArray x) {
    return Math.sqrt(Math.max(0, innerTimesA(x, x)));
  }

  /** {@code ⟨XA, YA⟩ = tr((XᵀY)(AAᵀ))} for {@code X, Y : [out, r]}; AAᵀ is symmetric, so a sum of products. */
  public double innerTimesA(NDArray x, NDArray y) {
    return x.transpose().matMul(y).mul(gramOfA).sum().getDouble();
  }

  private static NDArray matrix(StoredTensor tensor, NDManager scope) {
    RowReader reader = new RowReader(tensor);
    return reader.read(0, Math.toIntExact(reader.rows()), scope).toType(DataType.FLOAT64, true);
  }
}

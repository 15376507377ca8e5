package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.splora.storage.StoredTensor;

/**
 * {@code V = W_aligned − W_base : [out, in]} as an operator: it multiplies thin matrices in one pass over the two files
 * and never exists as a whole. The difference is taken in the stored precision's float type, products and norms are
 * accumulated in float64.
 *
 * <p>Belongs to one thread.
 */
public final class AlignmentDelta {

  /** Size of a block of V in float64: small enough for a core's cache, large enough to keep calls rare. */
  private static final int BLOCK_BYTES = 2 << 20;
  /** Products of fewer rows than this leave the arithmetic units idle, however wide the rows are. */
  private static final int LEAST_ROWS = 64;

  private final RowReader base;
  private final RowReader aligned;
  private final boolean transposed;
  private final NDManager scope;
  private double squaredNorm = Double.NaN;

  /**
   * @param base {@code W_base}, of the same shape as {@code aligned}
   * @param transposed whether both are stored as {@code [in, out]}
   * @param scope owns the products
   */
  public AlignmentDelta(StoredTensor base, StoredTensor aligned, boolean transposed, NDManager scope) {
    this.base = new RowReader(base);
    this.aligned = new RowReader(aligned);
    this.transposed = transposed;
    this.scope = scope;
  }

  /** {@code V X : [out, k]} for {@code X : [in, k]}, both float64. One pass. */
  public NDArray times(NDArray x) {
    return transposed ? storedTransposeTimes(x) : storedTimes(x);
  }

  /** {@code Vᵀ X : [in, k]} for {@code X : [out, k]}, both float64. One pass. */
  public NDArray transposeTimes(NDArray x) {
    return transposed ? storedTimes(x) : storedTransposeTimes(x);
  }

  /** {@code ‖V‖_F}; comes with the first product, or takes a pass of its own. */
  public double norm() {
    if (Double.isNaN(squaredNorm)) {
      forEachBlock((first, block) -> { });
    }
    return Math.sqrt(squaredNorm);
  }

  private NDArray storedTimes(NDArray x) {
    NDList parts = new NDList();
    forEachBlock((first, block) -> {
      NDArray part = block.matMul(x);
      part.attach(scope);
      parts.add(part);
    });
    return NDArrays.concat(parts);
  }

  private NDArray storedTransposeTimes(NDArray x) {
    NDArray sum = scope.zeros(new Shape(base.columns(), x.getShape().get(1)), DataType.FLOAT64);
    forEachBlock((first, block) -> {
      NDArray rows = x.get(first + ":" + (first + block.getShape().get(0)));
      rows.attach(block.getManager());
      sum.addi(block.transpose().matMul(rows));
    });
    return sum;
  }

  private interface BlockVisitor {
    /** @param block rows of the stored difference from {@code first} on, float64 */
    void visit(long first, NDArray block);
  }

  private void forEachBlock(BlockVisitor visitor) {
    double sumOfSquares = 0;
    int rowsPerBlock = (int) Math.max(LEAST_ROWS, BLOCK_BYTES / (base.columns() * Double.BYTES));
    for (long first = 0; first < base.rows(); first += rowsPerBlock) {
      int rows = (int) Math.min(rowsPerBlock, base.rows() - first);
      try (NDManager blockScope = scope.newSubManager()) {
        NDArray block = difference(first, rows, blockScope);
        sumOfSquares += block.square().sum().getDouble();
        visitor.visit(first, block);
      }
    }
    squaredNorm = sumOfSquares;
  }

  private NDArray difference(long first, int rows, NDManager blockScope) {
    NDArray from = aligned.read(first, rows, blockScope);
    NDArray minus = base.read(first, rows, blockScope);
    boolean mixed = from.getDataType() != minus.getDataType();
    if (mixed) {
      from = from.toType(DataType.FLOAT64, false);
      minus = minus.toType(DataType.FLOAT64, false);
    }
    return from.sub(minus).toType(DataType.FLOAT64, false);
  }
}

package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.splora.storage.StoredTensor;

/** Counts the NaNs and infinities of a stored matrix; asked only when a result shows that there must be some. */
public final class NonFinite {

  private static final int ROWS_AT_ONCE = 64;

  private NonFinite() {}

  /** How many elements of {@code tensor} are NaN or infinite. */
  public static long count(StoredTensor tensor, NDManager scope) {
    RowReader reader = new RowReader(tensor);
    long count = 0;
    for (long first = 0; first < reader.rows(); first += ROWS_AT_ONCE) {
      int rows = (int) Math.min(ROWS_AT_ONCE, reader.rows() - first);
      try (NDManager blockScope = scope.newSubManager()) {
        NDArray block = reader.read(first, rows, blockScope);
        count += block.isNaN().logicalOr(block.isInfinite()).countNonzero().getLong();
      }
    }
    return count;
  }
}

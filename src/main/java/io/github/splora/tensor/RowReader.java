package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredMatrix.Stretch;
import java.util.ArrayList;
import java.util.List;

/** Turns rows of one stored matrix into arrays. */
final class RowReader {

  private final List<StretchReader> readers = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();

  RowReader(StoredMatrix matrix) {
    long end = 0;
    for (Stretch stretch : matrix.stretches()) {
      readers.add(new StretchReader(stretch, matrix.columns()));
      end += stretch.rows();
      ends.add(end);
    }
  }

  /**
   * A block of rows {@code [count, columns]}, FLOAT64 for F64 and FLOAT32 otherwise, both exact but for scaled numbers,
   * which are rounded once. The array shares this reader's buffer: it is gone with the next call.
   *
   * @param rows within one stretch
   * @throws BadInputException if the file was cut short meanwhile
   */
  NDArray read(BlockRows rows, NDManager scope) {
    int index = 0;
    while (ends.get(index) <= rows.first()) {
      index++;
    }
    long start = index == 0 ? 0 : ends.get(index - 1);
    return readers.get(index).read(rows.first() - start, rows.count(), scope);
  }
}

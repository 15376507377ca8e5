package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns rows of one stored matrix into arrays: the one place that knows how the engine sees foreign memory.
 *
 * <p>Bytes are copied from the mapping into one reused, aligned buffer. Handing the mapping itself to the engine would
 * save that copy, but a file cut short under it would then kill the process, old files are not aligned, and the engine
 * has no safe bfloat16: that type is widened here, exactly.
 */
final class RowReader {

  /** Few mappings, because the system allows a process only so many, each within what a Java buffer can address. */
  private static final int WINDOW_BYTES = 1 << 30;

  private final StoredTensor tensor;
  private final long columns;
  private final long rowBytes;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
  private short[] halves = {};
  private int[] bits = {};

  /** @param tensor a matrix {@code [rows, columns]} of F16, BF16, F32 or F64 */
  RowReader(StoredTensor tensor) {
    this.tensor = tensor;
    this.columns = tensor.shape().get(1);
    this.rowBytes = columns * tensor.dtype().bits() / Byte.SIZE;
  }

  long rows() {
    return tensor.shape().get(0);
  }

  long columns() {
    return columns;
  }

  DType dtype() {
    return tensor.dtype();
  }

  /**
   * Rows {@code [first, first + count)} as {@code [count, columns]}, FLOAT64 for F64 and FLOAT32 otherwise, both exact.
   * The array shares this reader's buffer: it is gone with the next call.
   *
   * @throws BadInputException if the file was cut short meanwhile
   */
  NDArray read(long first, int count, NDManager scope) {
    int elements = Math.toIntExact(count * columns);
    ByteBuffer stored = stored(first * rowBytes, Math.toIntExact(count * rowBytes));
    Shape shape = new Shape(count, columns);
    try {
      return switch (tensor.dtype()) {
        case F64 -> scope.create(copy(stored), shape, DataType.FLOAT64);
        case F32 -> scope.create(copy(stored), shape, DataType.FLOAT32);
        case F16 -> scope.create(copy(stored), shape, DataType.FLOAT16).toType(DataType.FLOAT32, false);
        case BF16 -> scope.create(widen(stored, elements), shape, DataType.FLOAT32);
        default -> throw new IllegalArgumentException(tensor.name() + " is " + tensor.dtype());
      };
    } catch (InternalError e) {
      throw tensor.cutShort(e);
    }
  }

  /** The bytes from {@code offset} of the tensor on, out of a mapping of up to {@value #WINDOW_BYTES} bytes. */
  private ByteBuffer stored(long offset, int length) {
    if (offset < windowStart || offset + length > windowStart + window.capacity()) {
      long size = Math.max(length, Math.min(WINDOW_BYTES, tensor.byteLength() - offset));
      window = tensor.map(offset, Math.toIntExact(size));
      windowStart = offset;
    }
    return window.slice(Math.toIntExact(offset - windowStart), length).order(window.order());
  }

  private ByteBuffer copy(ByteBuffer stored) {
    return bufferOf(stored.remaining()).put(stored).flip();
  }

  /** A bfloat16 is the upper half of a float32. */
  private ByteBuffer widen(ByteBuffer stored, int elements) {
    if (bits.length < elements) {
      halves = new short[elements];
      bits = new int[elements];
    }
    stored.asShortBuffer().get(halves, 0, elements);
    for (int i = 0; i < elements; i++) {
      bits[i] = halves[i] << Short.SIZE;
    }
    ByteBuffer wide = bufferOf(elements * Float.BYTES);
    wide.asIntBuffer().put(bits, 0, elements);
    return wide;
  }

  private ByteBuffer bufferOf(int bytes) {
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.clear().limit(bytes);
  }
}

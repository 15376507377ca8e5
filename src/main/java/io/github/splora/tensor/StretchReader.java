package io.github.splora.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix.Stretch;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns rows of one stretch into arrays: the one place that knows how the engine sees foreign memory.
 *
 * <p>Bytes are copied from the mapping into one reused, aligned buffer. Handing the mapping itself to the engine would
 * save that copy, but a file cut short under it would then kill the process, old files are not aligned, and the engine
 * has no safe bfloat16: that type is widened here, exactly.
 */
final class StretchReader {

  /** Few mappings, because the system allows a process only so many, each within what a Java buffer can address. */
  private static final int WINDOW_BYTES = 1 << 30;

  private final StoredTensor tensor;
  private final long firstRow;
  private final long columns;
  private final long rowBytes;
  private final ScaleTable scales;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
  private short[] halves = {};
  private int[] bits = {};

  /** @param columns elements in a row; F16, BF16, F32, F64, or an 8-bit float */
  StretchReader(Stretch stretch, long columns) {
    this.tensor = stretch.tensor();
    this.firstRow = stretch.firstRow();
    this.columns = columns;
    this.rowBytes = columns * tensor.dtype().bits() / Byte.SIZE;
    this.scales = new ScaleTable(stretch.scales());
  }

  /** Rows {@code [first, first + count)} of the stretch, as {@link RowReader#read}. */
  NDArray read(long first, int count, NDManager scope) {
    int elements = Math.toIntExact(count * columns);
    ByteBuffer stored = stored((firstRow + first) * rowBytes, Math.toIntExact(count * rowBytes));
    Shape shape = new Shape(count, columns);
    try {
      return switch (tensor.dtype()) {
        case F64 -> scope.create(copy(stored), shape, DataType.FLOAT64);
        case F32 -> scope.create(copy(stored), shape, DataType.FLOAT32);
        case F16 -> scope.create(copy(stored), shape, DataType.FLOAT16).toType(DataType.FLOAT32, false);
        case BF16 -> scope.create(widen(stored, elements), shape, DataType.FLOAT32);
        case F8_E4M3, F8_E5M2 -> scope.create(scaled(stored, firstRow + first, elements), shape, DataType.FLOAT32);
        default -> throw new IllegalArgumentException(tensor.name() + " is " + tensor.dtype());
      };
    } catch (InternalError e) {
      throw tensor.cutShort(e);
    }
  }

  /** Rows {@code [first, first + count)} of the stretch, as {@link RowReader#stage}. */
  void stage(long first, int count, ByteBuffer into) {
    long offset = (firstRow + first) * rowBytes;
    int length = Math.toIntExact(count * rowBytes);
    if (!isScaled()) {
      tensor.read(offset, into.limit(length));
      return;
    }
    try {
      into.put(scaled(stored(offset, length), firstRow + first, Math.toIntExact(count * columns)));
    } catch (InternalError e) {
      throw tensor.cutShort(e);
    }
  }

  DType stagedType() {
    return isScaled() ? DType.F32 : tensor.dtype();
  }

  private boolean isScaled() {
    return tensor.dtype().bits() == Byte.SIZE;
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

  /** Eight-bit floats, times their scales. */
  private ByteBuffer scaled(ByteBuffer stored, long row, int elements) {
    ByteBuffer wide = bufferOf(elements * Float.BYTES);
    for (int i = 0; i < elements; i++) {
      float value = Values.ofEightBits(tensor.dtype(), stored.get(i));
      wide.putFloat((float) (value * scales.at(row + i / columns, i % columns)));
    }
    return wide.flip();
  }

  private ByteBuffer bufferOf(int bytes) {
    if (buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.clear().limit(bytes);
  }
}

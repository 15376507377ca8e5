package io.github.splora.surgery;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import io.github.splora.storage.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A tensor in another float type, rounded to nearest, ties to even; exact where the type is wide enough. Read and
 * written a chunk at a time.
 *
 * @param name the name it gets
 * @param dtype F64, F32, F16 or BF16
 */
record ConvertedTensor(StoredTensor from, String name, DType dtype) implements TensorSource {

  private static final int CHUNK_ELEMENTS = 1 << 18;

  @Override
  public List<Long> shape() {
    return from.shape();
  }

  @Override
  public void writeTo(WritableByteChannel out) throws IOException {
    int width = dtype.bits() / Byte.SIZE;
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK_ELEMENTS * width).order(ByteOrder.LITTLE_ENDIAN);
    long count = from.info().elementCount();
    for (long first = 0; first < count; first += CHUNK_ELEMENTS) {
      buffer.clear();
      for (double value : Values.of(from, first, (int) Math.min(CHUNK_ELEMENTS, count - first))) {
        put(value, buffer);
      }
      out.write(buffer.flip());
    }
  }

  private void put(double value, ByteBuffer buffer) {
    switch (dtype) {
      case F64 -> buffer.putDouble(value);
      case F32 -> buffer.putFloat(checked(value, (float) value));
      case BF16 -> buffer.putShort((short) (Float.floatToRawIntBits(checked(value, bfloat(value))) >>> 16));
      case F16 -> buffer.putShort(half(value));
      default -> throw new IllegalArgumentException(dtype + " is no type of weights");
    }
  }

  /** A multiple of the type's spacing at the value's exponent: 8 bits of significand. */
  private static float bfloat(double value) {
    return (float) rounded(value, 8, -133);
  }

  private short half(double value) {
    double rounded = rounded(value, 11, -24);
    checked(value, Math.abs(rounded) > 65504 ? Double.POSITIVE_INFINITY : rounded);
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    double size = Math.abs(rounded);
    if (size < 0x1p-14) {
      return (short) (sign | (int) (size * 0x1p24));
    }
    int exponent = Math.getExponent(size);
    return (short) (sign | exponent + 15 << 10 | (int) (size * Math.scalb(1.0, 10 - exponent)) - 1024);
  }

  /**
   * To nearest, ties to even, in so many bits.
   *
   * @param least exponent of the smallest subnormal
   */
  private static double rounded(double value, int bits, int least) {
    int exponent = Math.max(Math.getExponent(value) - bits + 1, least);
    return Math.scalb(Math.rint(Math.scalb(value, -exponent)), exponent);
  }

  private <T extends Number> T checked(double value, T converted) {
    if (Double.isInfinite(converted.doubleValue()) || Double.isNaN(value)) {
      throw new BadInputException(from.file().path(), TensorInfo.label(from.name()), value,
          "does not fit into " + dtype + ", which the merged checkpoint is in; save that one in " + from.dtype());
    }
    return converted;
  }
}

package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Stored numbers as Java's: every float type has an exact float64, and all but F64 an exact float32. */
public final class Values {

    /** A multiple of every element's size. */
    private static final int CHUNK_BYTES = 1 << 20;

    private Values() {}

    /**
     * All elements of a tensor, in their order; for tensors that are small beside a weight.
     *
     * @throws BadInputException if it is too large for that, or if the file was cut short meanwhile
     */
    public static double[] of(StoredTensor tensor) {
        long count = tensor.info().elementCount();
        if (tensor.byteLength() > Integer.MAX_VALUE || count > Integer.MAX_VALUE - Long.BYTES) {
            throw new BadInputException(
                    tensor.file().path(),
                    TensorInfo.label(tensor.name()) + " shape",
                    tensor.shape(),
                    "is larger than any adapter's factor; only files that splora cannot read hold such");
        }
        double[] values = new double[(int) count];
        try {
            decode(tensor.dtype(), tensor.map(0, (int) tensor.byteLength()), values);
        } catch (InternalError e) {
            throw tensor.cutShort(e);
        }
        return values;
    }

    /**
     * Some elements of a tensor of any size.
     *
     * @throws BadInputException if the file was cut short meanwhile
     */
    public static double[] of(StoredTensor tensor, long first, int count) {
        int width = tensor.dtype().bits() / Byte.SIZE;
        double[] values = new double[count];
        try {
            decode(tensor.dtype(), tensor.map(first * width, count * width), values);
        } catch (InternalError e) {
            throw tensor.cutShort(e);
        }
        return values;
    }

    /**
     * How many elements of a tensor of any size are NaN or infinite; asked only when a result shows that there must be
     * some.
     */
    public static long countNonFinite(StoredTensor tensor) {
        int width = tensor.dtype().bits() / Byte.SIZE;
        long count = 0;
        for (long offset = 0; offset < tensor.byteLength(); offset += CHUNK_BYTES) {
            int length = (int) Math.min(CHUNK_BYTES, tensor.byteLength() - offset);
            double[] values = new double[length / width];
            try {
                decode(tensor.dtype(), tensor.map(offset, length), values);
            } catch (InternalError e) {
                throw tensor.cutShort(e);
            }
            count += Arrays.stream(values)
                    .filter(value -> !Double.isFinite(value))
                    .count();
        }
        return count;
    }

    /** The float32 of a float16's bits. */
    public static float ofHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1F;
        int fraction = half & 0x3FF;
        if (exponent == 0) {
            // Zero and subnormals: the fraction counts units of 2^-24.
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int widened = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }

    /** The float32 of a bfloat16's bits, of which it is the upper half. */
    public static float ofBfloat(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    /** The float32 of an 8-bit float of either type. */
    public static float ofEightBits(DType dtype, byte bits) {
        return dtype == DType.F8_E4M3 ? ofE4m3(bits) : ofE5m2(bits);
    }

    /** The float32 of an 8-bit float with 4 bits of exponent and no infinities (F8_E4M3). */
    public static float ofE4m3(byte bits) {
        int exponent = bits >> 3 & 0xF;
        int fraction = bits & 0x7;
        float magnitude;
        if (exponent == 0xF && fraction == 0x7) {
            magnitude = Float.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * 0x1p-9f;
        } else {
            magnitude = Float.intBitsToFloat(exponent + (127 - 7) << 23 | fraction << 20);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** The float32 of an 8-bit float with 5 bits of exponent (F8_E5M2), the upper half of a float16. */
    public static float ofE5m2(byte bits) {
        return ofHalf((short) (bits << 8));
    }

    private static void decode(DType dtype, ByteBuffer stored, double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (dtype) {
                case F64 -> stored.getDouble();
                case F32 -> stored.getFloat();
                case F16 -> ofHalf(stored.getShort());
                case BF16 -> ofBfloat(stored.getShort());
                case F8_E4M3, F8_E5M2 -> ofEightBits(dtype, stored.get());
                default -> throw new IllegalArgumentException(dtype + " is no type of weights");
            };
        }
    }
}

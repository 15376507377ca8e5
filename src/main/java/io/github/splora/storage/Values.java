package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Decodes stored numbers. Every supported float type has an exact float64, and all but F64 an exact float32. */
public final class Values {

    private Values() {}

    /**
     * Reads all elements of a tensor in stored order; for tensors that are small compared with a weight.
     *
     * @throws BadInputException if it is too large for that, or if the file changed or can no longer be read
     */
    public static double[] of(StoredTensor tensor) {
        long count = tensor.info().elementCount();
        if (tensor.byteLength() > Integer.MAX_VALUE || count > Integer.MAX_VALUE - Long.BYTES) {
            throw new BadInputException(
                    tensor.file().path(),
                    TensorInfo.label(tensor.name()) + " shape",
                    tensor.shape(),
                    "is larger than any adapter's factor; splora cannot read such a file");
        }
        return of(tensor, 0, (int) count);
    }

    /**
     * Reads some elements of a tensor of any size.
     *
     * @throws IndexOutOfBoundsException if they are not within the tensor
     * @throws BadInputException if the file changed or can no longer be read
     */
    public static double[] of(StoredTensor tensor, long first, int count) {
        int width = width(tensor);
        int perChunk = DataFile.CHUNK_BYTES / width;
        double[] values = new double[count];
        // A long, because the sum may pass the largest int in the last step.
        for (long done = 0; done < count; done += perChunk) {
            int n = (int) Math.min(perChunk, count - done);
            decode(tensor.dtype(), tensor.read((first + done) * width, n * width), values, (int) done, n);
        }
        return values;
    }

    /** Counts NaN and infinite elements of a tensor of any size; reads all of it. */
    public static long countNonFinite(StoredTensor tensor) {
        int perChunk = DataFile.CHUNK_BYTES / width(tensor);
        long elements = tensor.info().elementCount();
        long count = 0;
        for (long first = 0; first < elements; first += perChunk) {
            count += Arrays.stream(of(tensor, first, (int) Math.min(perChunk, elements - first)))
                    .filter(value -> !Double.isFinite(value))
                    .count();
        }
        return count;
    }

    /** Decodes a float16. */
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

    /** Decodes a bfloat16, which is the upper half of a float32. */
    public static float ofBfloat(short bfloat) {
        return Float.intBitsToFloat(bfloat << 16);
    }

    /** Decodes an 8-bit float: {@code F8_E4M3} or {@code F8_E5M2}. */
    public static float ofEightBits(DType dtype, byte bits) {
        return dtype == DType.F8_E4M3 ? ofE4m3(bits) : ofE5m2(bits);
    }

    /** Decodes {@code F8_E4M3}: four exponent bits, no infinities. */
    public static float ofE4m3(byte bits) {
        int exponent = bits >> 3 & 0xF;
        int fraction = bits & 0x7;
        float magnitude;
        if (exponent == 0xF && fraction == 0x7) {
            magnitude = Float.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * 0x1p-9f;
        } else {
            magnitude = Float.intBitsToFloat(((exponent + (127 - 7)) << 23) | (fraction << 20));
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    /** Decodes {@code F8_E5M2}, which is the upper half of a float16. */
    public static float ofE5m2(byte bits) {
        return ofHalf((short) (bits << 8));
    }

    private static int width(StoredTensor tensor) {
        return tensor.dtype().bits() / Byte.SIZE;
    }

    private static void decode(DType dtype, ByteBuffer stored, double[] values, int first, int count) {
        for (int i = first; i < first + count; i++) {
            values[i] = switch (dtype) {
                case F64 -> stored.getDouble();
                case F32 -> stored.getFloat();
                case F16 -> ofHalf(stored.getShort());
                case BF16 -> ofBfloat(stored.getShort());
                case F8_E4M3, F8_E5M2 -> ofEightBits(dtype, stored.get());
                default -> throw new IllegalArgumentException(dtype + " is not a dtype of weights");
            };
        }
    }
}

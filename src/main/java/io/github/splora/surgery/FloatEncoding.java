package io.github.splora.surgery;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Encodes numbers in one of the float types of weights, rounded to nearest, ties to even.
 *
 * @param dtype F64, F32, F16 or BF16
 * @param of the tensor that holds the values, to name if one does not fit
 * @param remedy a clause that follows "does not fit into F16, ": where the type comes from, and what to do
 */
record FloatEncoding(DType dtype, StoredTensor of, String remedy) {

    /** Allocates a buffer for {@code count} numbers, in the byte order of the files. */
    ByteBuffer allocate(int count) {
        return ByteBuffer.allocate(Math.multiplyExact(count, dtype.bits() / Byte.SIZE))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws BadInputException if the value is too large for the type */
    void put(double value, ByteBuffer buffer) {
        switch (dtype) {
            case F64 -> buffer.putDouble(value);
            case F32 -> buffer.putFloat(checked(value, (float) value));
            case BF16 -> buffer.putShort((short) (Float.floatToRawIntBits(checked(value, bfloat(value))) >>> 16));
            case F16 -> buffer.putShort(half(value));
            default -> throw new IllegalArgumentException(dtype + " is not a type of weights");
        }
    }

    /** Returns the number that is encoded for a value. */
    double rounded(double value) {
        return switch (dtype) {
            case F64 -> value;
            case F32 -> (float) value;
            case BF16 -> bfloat(value);
            case F16 -> rounded(value, 11, -24);
            default -> throw new IllegalArgumentException(dtype + " is not a type of weights");
        };
    }

    /** Rounds to a multiple of BF16's spacing at the value's exponent: 8 bits of significand. */
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
        return (short) (sign | ((exponent + 15) << 10) | (int) (size * Math.scalb(1.0, 10 - exponent)) - 1024);
    }

    /**
     * Rounds to nearest, ties to even, with the given number of significand bits.
     *
     * @param least the exponent of the smallest subnormal
     */
    private static double rounded(double value, int bits, int least) {
        int exponent = Math.max(Math.getExponent(value) - bits + 1, least);
        return Math.scalb(Math.rint(Math.scalb(value, -exponent)), exponent);
    }

    private <T extends Number> T checked(double value, T converted) {
        if (Double.isInfinite(converted.doubleValue()) || Double.isNaN(value)) {
            throw new BadInputException(
                    of.file().path(), TensorInfo.label(of.name()), value, "does not fit into " + dtype + ", " + remedy);
        }
        return converted;
    }
}

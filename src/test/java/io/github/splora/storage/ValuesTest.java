package io.github.splora.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.github.splora.error.BadInputException;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Stored floats against the formula of their format, {@code ±2^(e − bias)·(1 + f)}, for every bit pattern of up to 16 bits. */
class ValuesTest {

    @TempDir
    Path folder;

    private final List<SafetensorsFile> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(SafetensorsFile::close);
    }

    @Test
    void everyFloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertSame(Values.ofHalf((short) bits), decoded(bits, 5, 10, true), bits);
        }
    }

    @Test
    void everyBfloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            assertSame(Values.ofBfloat((short) bits), decoded(bits, 8, 7, true), bits);
        }
    }

    @Test
    void everyEightBitFloat() {
        for (int bits = 0; bits < 1 << 8; bits++) {
            assertSame(Values.ofEightBits(DType.F8_E5M2, (byte) bits), decoded(bits, 5, 2, true), bits);
            assertSame(Values.ofEightBits(DType.F8_E4M3, (byte) bits), decoded(bits, 4, 3, false), bits);
        }
    }

    /** Read off the formats' definitions: IEEE 754, and "FP8 Formats for Deep Learning" (arXiv 2209.05433), table 1. */
    @ParameterizedTest
    @CsvSource({
        "F16, 0001, 0x1p-24",
        "F16, 03ff, 0x1.ff8p-15",
        "F16, 0400, 0x1p-14",
        "F16, 7bff, 65504",
        "F16, 8000, -0.0",
        "F16, fc00, -Infinity",
        "F16, 7e00, NaN",
        "BF16, 0001, 0x1p-133",
        "BF16, 3f80, 1",
        "BF16, 7f7f, 0x1.fep127",
        "BF16, ff80, -Infinity",
        "BF16, 7fc0, NaN",
        "F8_E4M3, 01, 0x1p-9",
        "F8_E4M3, 07, 0x1.cp-7",
        "F8_E4M3, 08, 0x1p-6",
        "F8_E4M3, 7e, 448",
        "F8_E4M3, fe, -448",
        "F8_E4M3, 7f, NaN",
        "F8_E4M3, ff, NaN",
        "F8_E5M2, 01, 0x1p-16",
        "F8_E5M2, 03, 0x1.8p-15",
        "F8_E5M2, 7b, 57344",
        "F8_E5M2, fc, -Infinity",
        "F8_E5M2, 7d, NaN",
        "F32, 00000001, 0x1p-149",
        "F32, 7f7fffff, 0x1.fffffep127",
        "F32, ff800000, -Infinity",
        "F64, 0000000000000001, 0x1p-1074",
        "F64, 7fefffffffffffff, 0x1.fffffffffffffp1023",
        "F64, 3fb999999999999a, 0.1"
    })
    void knownBitPatterns(DType dtype, String hex, double expected) throws IOException {
        ByteBuffer bytes = buffer(dtype, 1);
        put(bytes, dtype, Long.parseUnsignedLong(hex, 16));

        assertThat(Values.of(stored(dtype, bytes, 1))).containsExactly(expected);
    }

    /** More than is read at a time, by a number of elements that no power of two divides. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F32", "F64", "F8_E4M3", "F8_E5M2"})
    void longTensorsAreReadInOrder(DType dtype) throws IOException {
        int width = dtype.bits() / Byte.SIZE;
        int count = 2 * DataFile.CHUNK_BYTES / width + 3;
        long[] bits = IntStream.range(0, 7).mapToLong(i -> bitsOf(dtype, i)).toArray();
        ByteBuffer bytes = buffer(dtype, count);
        IntStream.range(0, count).forEach(i -> put(bytes, dtype, bits[i % 7]));
        StoredTensor tensor = stored(dtype, bytes, count);

        double[] all = Values.of(tensor);
        int first = DataFile.CHUNK_BYTES / width - 2;
        double[] some = Values.of(tensor, first, 5);

        assertThat(all)
                .isEqualTo(IntStream.range(0, count).mapToDouble(i -> i % 7).toArray());
        assertThat(some).containsExactly(first % 7, (first + 1) % 7, (first + 2) % 7, (first + 3) % 7, (first + 4) % 7);
        assertThat(Values.countNonFinite(tensor)).isZero();
    }

    @Test
    void nanAndInfinityAreCountedWhereverTheyAre() throws IOException {
        int perChunk = DataFile.CHUNK_BYTES / Short.BYTES;
        int count = 2 * perChunk + 1;
        ByteBuffer bytes = buffer(DType.BF16, count);
        bytes.putShort(0, (short) 0x7FC0);
        bytes.putShort((perChunk - 1) * Short.BYTES, (short) 0x7F80);
        bytes.putShort(perChunk * Short.BYTES, (short) 0xFF80);
        bytes.putShort((count - 1) * Short.BYTES, (short) 0xFFFF);

        assertThat(Values.countNonFinite(stored(DType.BF16, bytes, count))).isEqualTo(4);
    }

    @Test
    void elementsBeyondTheTensorAreRefused() throws IOException {
        StoredTensor tensor = stored(DType.F32, buffer(DType.F32, 4), 4);

        assertThatThrownBy(() -> Values.of(tensor, 3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Values.of(tensor, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(Values.of(tensor, 4, 0)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOL", "U8", "I16", "I32", "I64", "U64"})
    void integersAreNotWeights(DType dtype) throws IOException {
        StoredTensor tensor = stored(dtype, buffer(dtype, 2), 2);

        assertThatThrownBy(() -> Values.of(tensor))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(dtype + " is not a dtype of weights");
    }

    @Test
    void aTensorTooLargeForAnArrayIsRefusedUnread() throws IOException {
        StoredTensor small = stored(DType.F32, buffer(DType.F32, 1), 1);
        long rows = 1L << 30;
        StoredTensor large =
                new StoredTensor(small.file(), new TensorInfo("t", DType.F32, List.of(rows), 0, rows * Float.BYTES));

        assertThatThrownBy(() -> Values.of(large))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(small.file().path() + ": tensor 't' shape [1073741824]: ");
    }

    /**
     * A float by its definition.
     *
     * @param hasInfinity whether the largest exponent is reserved for infinity and NaN; otherwise only the pattern of all ones
     *     is NaN
     */
    private static double decoded(int bits, int exponentBits, int fractionBits, boolean hasInfinity) {
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
        int fraction = bits & ((1 << fractionBits) - 1);
        double sign = bits >> (exponentBits + fractionBits) == 0 ? 1 : -1;
        int bias = (1 << (exponentBits - 1)) - 1;
        boolean isLargest = exponent == (1 << exponentBits) - 1;
        if (isLargest && hasInfinity) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        if (isLargest && fraction == (1 << fractionBits) - 1) {
            return Double.NaN;
        }
        double share = fraction / Math.pow(2, fractionBits);
        return sign * (exponent == 0 ? share * Math.pow(2, 1 - bias) : (1 + share) * Math.pow(2, exponent - bias));
    }

    /** Compares the sign of zero, too. */
    private static void assertSame(float actual, double expected, int bits) {
        if (Double.compare(actual, expected) != 0) {
            fail("%x: %s instead of %s", bits, actual, expected);
        }
    }

    /** The bits of a small integer, found among those of the format. */
    private static long bitsOf(DType dtype, int value) {
        return switch (dtype) {
            case F64 -> Double.doubleToLongBits(value);
            case F32 -> Float.floatToIntBits(value);
            case BF16 -> Float.floatToIntBits(value) >>> 16;
            case F16 -> search(value, 5, 10, true);
            // Three significant bits hold every integer up to 6.
            case F8_E5M2 -> search(value, 5, 2, true);
            case F8_E4M3 -> search(value, 4, 3, false);
            default -> throw new IllegalArgumentException(dtype.name());
        };
    }

    private static long search(int value, int exponentBits, int fractionBits, boolean hasInfinity) {
        return IntStream.range(0, 1 << (exponentBits + fractionBits))
                .filter(bits -> decoded(bits, exponentBits, fractionBits, hasInfinity) == value)
                .findFirst()
                .orElseThrow();
    }

    private static ByteBuffer buffer(DType dtype, int count) {
        return ByteBuffer.allocate(count * dtype.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer bytes, DType dtype, long bits) {
        switch (dtype.bits()) {
            case Long.SIZE -> bytes.putLong(bits);
            case Integer.SIZE -> bytes.putInt((int) bits);
            case Short.SIZE -> bytes.putShort((short) bits);
            default -> bytes.put((byte) bits);
        }
    }

    @SuppressWarnings("ByteBufferBackingArray") // buffer() allocates on the heap, exactly the needed size
    private StoredTensor stored(DType dtype, ByteBuffer bytes, int count) throws IOException {
        Path path = folder.resolve("t.safetensors");
        SafetensorsWriter.write(
                path, List.of(new TinyTensor("t", dtype, List.of((long) count), bytes.array())), Map.of());
        SafetensorsFile file = SafetensorsFile.open(path);
        open.add(file);
        return new StoredTensor(file, file.tensor("t"));
    }
}

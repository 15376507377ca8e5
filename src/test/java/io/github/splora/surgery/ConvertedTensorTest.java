package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers are rounded to the nearest value of the other type, ties to even. */
class ConvertedTensorTest {

    @TempDir
    Path folder;

    private double[] converted(DType dtype, float... values) throws IOException {
        Path from = folder.resolve("from.safetensors");
        Path to = folder.resolve("to.safetensors");
        SafetensorsWriter.write(from, List.of(TinyTensor.of("w", List.of((long) values.length), values)), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(from)) {
            SafetensorsWriter.write(
                    to, List.of(new ConvertedTensor(new StoredTensor(file, file.tensor("w")), "w", dtype)), Map.of());
        }
        try (SafetensorsFile file = SafetensorsFile.open(to)) {
            assertThat(file.tensor("w").dtype()).isEqualTo(dtype);
            return Values.of(new StoredTensor(file, file.tensor("w")));
        }
    }

    @Test
    void everyHalfStaysUnchanged() throws IOException {
        float[] halves = new float[2 * 0x7C00];
        for (int bits = 0; bits < 0x7C00; bits++) {
            halves[2 * bits] = Values.ofHalf((short) bits);
            halves[2 * bits + 1] = Values.ofHalf((short) (bits | 0x8000));
        }
        assertThat(converted(DType.F16, halves)).isEqualTo(doubles(halves));
    }

    @Test
    void roundsToTheNearerHalfAndTiesToEven() throws IOException {
        float[] between = new float[3 * 0x7BFF];
        double[] expected = new double[between.length];
        for (int bits = 0; bits < 0x7BFF; bits++) {
            float low = Values.ofHalf((short) bits);
            float high = Values.ofHalf((short) (bits + 1));
            between[3 * bits] = low + (high - low) * 0.25f;
            between[3 * bits + 1] = low + (high - low) * 0.5f;
            between[3 * bits + 2] = low + (high - low) * 0.75f;
            expected[3 * bits] = low;
            expected[3 * bits + 1] = bits % 2 == 0 ? low : high;
            expected[3 * bits + 2] = high;
        }
        assertThat(converted(DType.F16, between)).isEqualTo(expected);
    }

    @Test
    void bfloatsAreRoundedTheSameWay() throws IOException {
        float[] between = new float[3 * 0x7F7F];
        double[] expected = new double[between.length];
        for (int bits = 0; bits < 0x7F7F; bits++) {
            // The upper half of a float32, then a quarter, a half and three quarters of the way to the next value.
            for (int quarter = 1; quarter <= 3; quarter++) {
                int at = 3 * bits + quarter - 1;
                between[at] = Float.intBitsToFloat((bits << 16) | (quarter << 14));
                int rounded = quarter == 1 || (quarter == 2 && bits % 2 == 0) ? bits : bits + 1;
                expected[at] = Values.ofBfloat((short) rounded);
            }
        }
        assertThat(converted(DType.BF16, between)).isEqualTo(expected);
    }

    @Test
    @SuppressWarnings("FloatingPointLiteralPrecision") // any number of that size will do
    void aWiderTypeKeepsAllValues() throws IOException {
        float[] values = {0f, -0f, 1.1f, -3e38f, 1e-45f};
        assertThat(converted(DType.F64, values)).isEqualTo(doubles(values));
        assertThat(converted(DType.F32, values)).isEqualTo(doubles(values));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThat(Refusal.of(() -> converted(DType.F16, 1, 65520)))
                .singleElement()
                .asString()
                .startsWith(folder.resolve("from.safetensors") + ": tensor 'w' 65520.0: does not fit into F16");
        assertThat(Refusal.of(() -> converted(DType.BF16, Float.MAX_VALUE))).hasSize(1);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}

package io.github.splora.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCalibration;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationTest {

    @TempDir
    Path folder;

    private Path write(TinyCalibration calibration) throws IOException {
        return calibration.write(folder.resolve("calibration.safetensors"));
    }

    @Test
    void layersThatReadTheSameInputsShareTheirFactors() throws IOException {
        try (Calibration calibration =
                Calibration.open(write(new TinyCalibration().layer("q", 3, 2, 5).sharing("k", "q")))) {
            assertThat(calibration.of("k", 5)).isSameAs(calibration.of("q", 5));
        }
    }

    @Test
    void everyLayerOfWhichNothingWasRecordedIsNamed() throws IOException {
        try (Calibration calibration = Calibration.open(write(new TinyCalibration().layer("q", 3, 2, 5)))) {
            List<String> refused = Refusal.of(() -> calibration.requireAll(List.of("q", "up", "down")));
            assertThat(refused).hasSize(2);
            assertThat(refused.get(0))
                    .contains("layer 'up'", "its inputs were not recorded", "scripts/record_calibration.py");
            assertThat(Refusal.of(() -> calibration.of("up", 5)).get(0)).contains("layer 'up'");
        }
    }

    @Test
    void inputsOfAnotherModelAreRefused() throws IOException {
        try (Calibration calibration = Calibration.open(write(new TinyCalibration().layer("q", 3, 2, 5)))) {
            assertThat(Refusal.of(() -> calibration.of("q", 6)).get(0))
                    .contains("tensor 'q.task' shape [3, 5]", "has 6 input features");
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void numbersThatAreNotFiniteAreRefused(float value) throws IOException {
        Path file = write(new TinyCalibration()
                .sharing("q", "q")
                .tensor(TinyTensor.of("q.task", List.of(1L, 2L), 1, 2))
                .tensor(TinyTensor.of("q.requests", List.of(1L, 2L), 1, value)));
        try (Calibration calibration = Calibration.open(file)) {
            assertThat(Refusal.of(() -> calibration.of("q", 2)).get(0))
                    .contains("tensor 'q.requests'", "is not finite");
        }
    }

    @ParameterizedTest
    @CsvSource({"F16", "BF16", "F32", "F64"})
    void inputsOfZerosOfAnyTypeAreRefused(DType dtype) throws IOException {
        Path file = write(new TinyCalibration()
                .sharing("q", "q")
                .tensor(TinyTensor.random("q.task", 1, 2, 3))
                .tensor(TinyTensor.zeros("q.requests", dtype, 4, 3)));
        try (Calibration calibration = Calibration.open(file)) {
            assertThat(Refusal.of(() -> calibration.of("q", 3)).get(0))
                    .contains("tensor 'q.requests'", "holds nothing but zeros");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "splora_calibration | ''         | metadata field 'splora_calibration': is missing",
                "splora_calibration | 2          | metadata field 'splora_calibration' 2: is another version",
                "layers             | {\"q\": 1} | metadata field 'layers'",
                "layers             | [\"q\"]    | metadata field 'layers'",
                "layers             | {\"q\"     | metadata field 'layers'",
                "layers             | {\"q\":\"k\"} | tensor 'k.task': is not in the file",
            })
    void aFileOfAnotherKindIsRefused(String field, String value, String message) throws IOException {
        Path file = write(new TinyCalibration().layer("q", 3, 2, 5).metadata(field, value));
        assertThat(Refusal.of(() -> Calibration.open(file)).get(0))
                .startsWith(file.toString())
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F32 | 4    | tensor 'q.requests' [4]: must be a matrix",
                "F32 | 0,5  | tensor 'q.requests' [0, 5]: must be a matrix",
                "F32 | 1,2,5 | tensor 'q.requests' [1, 2, 5]: must be a matrix",
                "F32 | 1025,5 | tensor 'q.requests' [1025, 5]: must be a matrix of 1 to 1024 rows",
                "F32 | 2,6  | tensor 'q.requests' [2, 6]: has another number of columns than tensor 'q.task', [3, 5]",
                "I32 | 2,5  | tensor 'q.requests' I32: is not a data type of inputs",
            })
    void aTensorOfAnotherShapeOrTypeIsRefused(DType dtype, String shape, String message) throws IOException {
        long[] dimensions =
                Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
        Path file = write(new TinyCalibration()
                .sharing("q", "q")
                .tensor(TinyTensor.random("q.task", 1, 3, 5))
                .tensor(TinyTensor.zeros("q.requests", dtype, dimensions)));
        assertThat(Refusal.of(() -> Calibration.open(file)).get(0)).contains(message);
    }
}

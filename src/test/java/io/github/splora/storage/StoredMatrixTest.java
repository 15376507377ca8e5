package io.github.splora.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.StoredMatrix.Stretch;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredMatrixTest {

    @TempDir
    Path folder;

    private SafetensorsFile file;
    /** {@code [4, 3]}: rows that start with 0, 3, 6 and 9. */
    private StoredTensor first;
    /** {@code [2, 3]}: rows that start with 100 and 103. */
    private StoredTensor second;
    /** {@code [2, 3, 2]}. */
    private StoredTensor stack;

    @BeforeEach
    void write() throws IOException {
        Path path = folder.resolve("m.safetensors");
        SafetensorsWriter.write(
                path,
                List.of(counting("first", 0, 4, 3), counting("second", 100, 2, 3), counting("stack", 0, 2, 3, 2)),
                Map.of());
        file = SafetensorsFile.open(path);
        first = new StoredTensor(file, file.tensor("first"));
        second = new StoredTensor(file, file.tensor("second"));
        stack = new StoredTensor(file, file.tensor("stack"));
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void aTensorIsOneStretch() {
        StoredMatrix matrix = StoredMatrix.of(first);

        assertThat(matrix.stretches()).containsExactly(new Stretch(first, 0, 4, Scales.NONE));
        assertThat(matrix.shape()).containsExactly(4L, 3L);
        assertThat(matrix.byteLength()).isEqualTo(4 * 3 * Float.BYTES);
        assertThat(values(matrix)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void moreDimensionsAreFlattenedToTheRowsAskedFor() {
        assertThat(StoredMatrix.of(stack, 2, Scales.NONE).shape()).containsExactly(2L, 6L);
        assertThat(StoredMatrix.of(stack, 6, Scales.NONE).shape()).containsExactly(6L, 2L);
        assertThat(values(StoredMatrix.of(stack, 6, Scales.NONE).slice(3, 2))).containsExactly(6, 7, 8, 9);
    }

    @Test
    void stackedMatricesLieOneBelowTheOther() {
        StoredMatrix matrix = StoredMatrix.stacked(List.of(StoredMatrix.of(first), StoredMatrix.of(second)));

        assertThat(matrix.shape()).containsExactly(6L, 3L);
        assertThat(matrix.tensors()).containsExactly(first, second);
        assertThat(matrix.byteLength()).isEqualTo(6 * 3 * Float.BYTES);
        assertThat(values(matrix)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100, 101, 102, 103, 104, 105);
    }

    /** Of three stretches: rows 1 to 3 of the first tensor, all of the second, and row 0 of the first. */
    @ParameterizedTest
    @CsvSource({
        "0, 6, 3 6 9 100 103 0",
        "0, 1, 3",
        "2, 1, 9",
        "2, 2, 9 100",
        "1, 4, 6 9 100 103",
        "3, 2, 100 103",
        "4, 2, 103 0",
        "5, 1, 0",
        "2, 0, ''"
    })
    void aSliceTakesRowsAcrossStretches(long start, long count, String firstsOfRows) {
        StoredMatrix matrix = StoredMatrix.stacked(List.of(
                StoredMatrix.of(first).slice(1, 3),
                StoredMatrix.of(second),
                StoredMatrix.of(first).slice(0, 1)));

        StoredMatrix slice = matrix.slice(start, count);

        double[] expected = Arrays.stream(firstsOfRows.split(" "))
                .filter(each -> !each.isEmpty())
                .mapToDouble(Double::parseDouble)
                .flatMap(from -> IntStream.range(0, 3).mapToDouble(i -> from + i))
                .toArray();
        assertThat(slice.rows()).isEqualTo(count);
        assertThat(slice.columns()).isEqualTo(3);
        assertThat(values(slice)).containsExactly(expected);
        assertThat(slice.byteLength()).isEqualTo(count * 3 * Float.BYTES);
    }

    @Test
    void aSliceOfASliceCountsFromTheSlice() {
        StoredMatrix matrix = StoredMatrix.of(first).slice(1, 3).slice(1, 2);

        assertThat(matrix.stretches()).containsExactly(new Stretch(first, 2, 2, Scales.NONE));
    }

    @Test
    void aSliceKeepsItsScalesAndItsPlaceAmongThem() {
        Scales scales = new Scales(Optional.of(second), 2, 2);

        StoredMatrix slice = StoredMatrix.of(first, 4, scales).slice(3, 1);

        assertThat(slice.stretches()).containsExactly(new Stretch(first, 3, 1, scales));
    }

    @Test
    void aTensorInSeveralStretchesIsNamedOnce() {
        StoredMatrix matrix = StoredMatrix.of(first);

        assertThat(StoredMatrix.stacked(List.of(matrix.slice(2, 2), matrix.slice(0, 2)))
                        .tensors())
                .containsExactly(first);
    }

    @Test
    void eightBitWeightsTakeAByteEach() throws IOException {
        Path path = folder.resolve("eight.safetensors");
        SafetensorsWriter.write(path, List.of(TinyTensor.zeros("w", DType.F8_E4M3, 4, 3)), Map.of());
        try (SafetensorsFile eight = SafetensorsFile.open(path)) {
            assertThat(StoredMatrix.of(new StoredTensor(eight, eight.tensor("w")))
                            .slice(1, 2)
                            .byteLength())
                    .isEqualTo(6);
        }
    }

    private static double[] values(StoredMatrix matrix) {
        return matrix.stretches().stream()
                .flatMapToDouble(stretch ->
                        Arrays.stream(Values.of(stretch.tensor(), stretch.firstRow() * matrix.columns(), (int)
                                (stretch.rows() * matrix.columns()))))
                .toArray();
    }

    private static TinyTensor counting(String name, int start, long... shape) {
        List<Long> dimensions = Arrays.stream(shape).boxed().toList();
        float[] values = new float[(int) TensorSize.elements(dimensions)];
        for (int i = 0; i < values.length; i++) {
            values[i] = start + i;
        }
        return TinyTensor.of(name, dimensions, values);
    }
}

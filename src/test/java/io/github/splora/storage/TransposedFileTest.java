package io.github.splora.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransposedFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"F16, 3, 5, 7", "BF16, 1, 40, 33", "F32, 2, 64, 32", "F64, 4, 1, 9", "F8_E4M3, 2, 3, 70"})
    void readsAndCopiesEveryPartTransposed(DType dtype, int experts, int rows, int columns) throws IOException {
        int width = dtype.bits() / Byte.SIZE;
        byte[] bytes = new byte[experts * rows * columns * width];
        new Random(1).nextBytes(bytes);
        byte[] expected = new byte[bytes.length];
        for (int e = 0; e < experts; e++) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    System.arraycopy(
                            bytes,
                            ((e * rows + r) * columns + c) * width,
                            expected,
                            ((e * columns + c) * rows + r) * width,
                            width);
                }
            }
        }
        new TinyCheckpoint()
                .tensor(new TinyTensor("w", dtype, List.of((long) experts, (long) rows, (long) columns), bytes))
                .writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            StoredTensor view = TransposedFile.of(checkpoint.tensor("w"));
            assertThat(view.shape()).containsExactly((long) experts, (long) columns, (long) rows);
            Random random = new Random(2);
            for (int i = 0; i < 50; i++) {
                int from = random.nextInt(bytes.length);
                int count = random.nextInt(bytes.length - from + 1);
                assertThat(view.read(from, count).array()).isEqualTo(Arrays.copyOfRange(expected, from, from + count));
            }
            ByteArrayOutputStream copy = new ByteArrayOutputStream();
            TensorSource.copyOf(view.file(), view.info()).writeTo(Channels.newChannel(copy));
            assertThat(copy.toByteArray()).isEqualTo(expected);
            assertThatThrownBy(() -> view.read(bytes.length - 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void viewsOfOneTensorAreEqual() {
        new TinyCheckpoint().random("a", 2, 3, 4).random("b", 2, 3, 4).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            StoredTensor view = TransposedFile.of(checkpoint.tensor("a"));
            assertThat(view)
                    .isEqualTo(TransposedFile.of(checkpoint.tensor("a")))
                    .hasSameHashCodeAs(TransposedFile.of(checkpoint.tensor("a")));
            assertThat(view).isNotEqualTo(TransposedFile.of(checkpoint.tensor("b")));
        }
    }
}

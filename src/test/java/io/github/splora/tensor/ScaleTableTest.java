package io.github.splora.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredTensor;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code W_ij = stored_ij · scale[i / blockRows, j / blockColumns]}. */
class ScaleTableTest {

    @TempDir
    Path folder;

    @Test
    void withoutScalesTheFactorIsOne() {
        assertThat(new ScaleTable(Scales.NONE).at(123, 456)).isEqualTo(1);
    }

    @Test
    void oneScaleIsThatOfEveryElement() throws IOException {
        ScaleTable table = table(TinyTensor.of("s", List.of(), 0.5f), 1L << 40, 1L << 40);

        assertThat(table.at(0, 0)).isEqualTo(0.5);
        assertThat(table.at(70_000, 4095)).isEqualTo(0.5);
    }

    @Test
    void everyRowHasItsScale() throws IOException {
        for (List<Long> shape : List.of(List.of(3L), List.of(3L, 1L))) {
            ScaleTable table = table(TinyTensor.of("s", shape, 2, 3, 4), 1, 1000);

            assertThat(table.at(0, 999)).isEqualTo(2);
            assertThat(table.at(1, 0)).isEqualTo(3);
            assertThat(table.at(2, 500)).isEqualTo(4);
        }
    }

    /** A weight {@code [5, 7]} in blocks of 2 × 3: the last ones are cut off by its edges. */
    @Test
    void blocksAtTheEdgesAreSmaller() throws IOException {
        ScaleTable table = table(TinyTensor.of("s", List.of(3L, 3L), 0, 1, 2, 10, 11, 12, 20, 21, 22), 2, 3);

        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 7; j++) {
                assertThat(table.at(i, j)).as("[%d, %d]", i, j).isEqualTo(10 * (i / 2) + j / 3);
            }
        }
    }

    private ScaleTable table(TinyTensor scales, long blockRows, long blockColumns) throws IOException {
        Path path = folder.resolve("s.safetensors");
        SafetensorsWriter.write(path, List.of(scales), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return new ScaleTable(
                    new Scales(Optional.of(new StoredTensor(file, file.tensor("s"))), blockRows, blockColumns));
        }
    }
}

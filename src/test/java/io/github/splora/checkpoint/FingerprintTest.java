package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {

    @TempDir
    Path folder;

    @Test
    void aFileIsHashedWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "abc");
        assertThat(Fingerprint.sha256(file))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void aMissingFileIsRefused() {
        Path file = folder.resolve("f");
        assertThat(Refusal.of(() -> Fingerprint.sha256(file)))
                .singleElement()
                .asString()
                .startsWith(file + ": cannot be read: ");
    }

    @Test
    void doesNotDependOnSharding() {
        TinyCheckpoint checkpoint =
                new TinyCheckpoint().random("a", 20).random("b", 3, 3).random("c", 1);
        assertThat(of(checkpoint.writeShardedTo(folder.resolve("sharded"))))
                .isEqualTo(of(checkpoint.writeTo(folder.resolve("single"))))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void otherValuesAnotherNameAnotherShapeOrAnotherTypeChangeIt() {
        String original = of(new TinyCheckpoint().zeros("a", DType.F32, 2, 8).writeTo(folder.resolve("1")));
        assertThat(List.of(
                        of(new TinyCheckpoint().random("a", 2, 8).writeTo(folder.resolve("2"))),
                        of(new TinyCheckpoint().zeros("b", DType.F32, 2, 8).writeTo(folder.resolve("3"))),
                        of(new TinyCheckpoint().zeros("a", DType.F32, 8, 2).writeTo(folder.resolve("4"))),
                        of(new TinyCheckpoint().zeros("a", DType.I32, 2, 8).writeTo(folder.resolve("5"))),
                        of(new TinyCheckpoint()
                                .zeros("a", DType.F32, 2, 8)
                                .zeros("b", DType.F32, 0)
                                .writeTo(folder.resolve("6")))))
                .doesNotContain(original)
                .doesNotHaveDuplicates();
    }

    @Test
    void coversTheMiddle64BytesOfATensorAndNoMore() {
        float[] values = new float[100];
        String original = of(new TinyCheckpoint()
                .tensor(TinyTensor.of("a", List.of(100L), values))
                .writeTo(folder));
        values[0] = 1;
        assertThat(of(new TinyCheckpoint()
                        .tensor(TinyTensor.of("a", List.of(100L), values))
                        .writeTo(folder)))
                .isEqualTo(original);
        values[42] = 1;
        assertThat(of(new TinyCheckpoint()
                        .tensor(TinyTensor.of("a", List.of(100L), values))
                        .writeTo(folder)))
                .isNotEqualTo(original);
    }

    private static String of(Path model) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return Fingerprint.of(checkpoint);
        }
    }
}

package io.github.splora.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.TensorFile;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFilesTest {

    @TempDir
    Path folder;

    private Path file(String... names) {
        TinyCheckpoint checkpoint = new TinyCheckpoint();
        for (String name : names) {
            checkpoint.random(name, 1);
        }
        return checkpoint.writeTo(folder).resolve("model.safetensors");
    }

    @Test
    void namesAtTheLimitsAreRead() {
        try (TensorFile file = TensorFiles.open(file("a".repeat(1000), "a.".repeat(99) + "b"))) {
            assertThat(file.tensors()).hasSize(2);
        }
    }

    @Test
    void aLongNameIsRefusedWithTheLimit() {
        Path file = file("a".repeat(1001), "b");
        assertThat(Refusal.of(() -> TensorFiles.open(file)))
                .containsExactly(file + ": tensor '" + "a".repeat(80) + "…': the name has 1,001 characters, more than"
                        + " the limit of 1,000 characters; rename the tensor");
    }

    @Test
    void aNameOfManyPartsIsRefusedWithTheLimit() {
        Path file = file("a.".repeat(100) + "b", "b");
        assertThat(Refusal.of(() -> TensorFiles.open(file)))
                .singleElement()
                .asString()
                .endsWith("…': the name has 101 dot-separated parts, more than the limit of 100 dot-separated parts;"
                        + " rename the tensor");
    }

    @Test
    void manyLongNamesAreOneProblem() {
        String[] names = new String[50];
        for (int i = 0; i < names.length; i++) {
            names[i] = "a".repeat(1001 + i);
        }
        Path file = file(names);
        assertThat(Refusal.of(() -> TensorFiles.open(file)))
                .singleElement()
                .asString()
                .contains("50 of 50 tensors, for example tensor 'aaa");
    }
}

package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.StoredTensor;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir
    Path folder;

    @Test
    void findsTensorsByNameInASingleFile() {
        TinyTensor tensor = TinyTensor.of("b.weight", List.of(1L, 2L), 3, 4);
        Path model = new TinyCheckpoint()
                .random("c.weight", 2, 2)
                .tensor(tensor)
                .random("a", 1)
                .writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.location()).isEqualTo(model);
            assertThat(checkpoint.tensorNames()).containsExactly("a", "b.weight", "c.weight");
            assertThat(checkpoint.shards()).containsExactly(model.resolve("model.safetensors"));
            assertThat(bytes(checkpoint.tensor("b.weight"))).isEqualTo(ByteBuffer.wrap(tensor.bytes()));
        }
    }

    @Test
    void findsTensorsBehindAnIndex() {
        TinyTensor tensor = TinyTensor.of("b", List.of(2L), 3, 4);
        Path model = new TinyCheckpoint()
                .random("a", 1)
                .tensor(tensor)
                .random("c", 1)
                .writeShardedTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.tensorNames()).containsExactly("a", "b", "c");
            assertThat(checkpoint.shards()).hasSize(2);
            assertThat(checkpoint.contains("b")).isTrue();
            assertThat(checkpoint.contains("d")).isFalse();
            assertThat(checkpoint.tensor("b").file().path()).hasFileName("model-00002-of-00002.safetensors");
            assertThat(bytes(checkpoint.tensor("b"))).isEqualTo(ByteBuffer.wrap(tensor.bytes()));
        }
    }

    @Test
    void opensAShardOnlyWhenOneOfItsTensorsIsRequested() throws IOException {
        new TinyCheckpoint().random("a", 1).random("b", 1).writeShardedTo(folder);
        Path broken = Files.writeString(folder.resolve("model-00002-of-00002.safetensors"), "junk");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensor("a").shape()).containsExactly(1L);
            assertThat(Refusal.of(() -> checkpoint.tensor("b")))
                    .singleElement()
                    .asString()
                    .startsWith(broken + ": ");
        }
    }

    @Test
    void theIndexItselfAndAFileOfAnyNameCanBeNamed() throws IOException {
        new TinyCheckpoint().random("a", 1).random("b", 1).writeShardedTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("model.safetensors.index.json"))) {
            assertThat(checkpoint.tensorNames()).containsExactly("a", "b");
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("model-00001-of-00002.safetensors"))) {
            assertThat(checkpoint.tensorNames()).containsExactly("a");
        }
    }

    @Test
    void aSingleFileComesBeforeAnIndexAsInTransformers() {
        new TinyCheckpoint().random("sharded", 1).writeShardedTo(folder);
        new TinyCheckpoint().random("single", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensorNames()).containsExactly("single");
        }
    }

    @Test
    void readsTheConfigBesideTheWeights() {
        new TinyCheckpoint()
                .random("a", 1)
                .config("{\"model_type\": \"llama\"}")
                .writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.config())
                    .hasValueSatisfying(config ->
                            assertThat(config.get("model_type").textValue()).isEqualTo("llama"));
        }
    }

    @Test
    void needsNoConfig() {
        new TinyCheckpoint().random("a", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.config()).isEmpty();
        }
    }

    @Test
    void namesAMissingTensor() {
        new TinyCheckpoint().random("a", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(Refusal.of(() -> checkpoint.tensor("b")))
                    .containsExactly(folder + ": tensor 'b': not in this checkpoint");
        }
    }

    @Test
    void namesAShardThatLacksATensorOfTheIndex() throws IOException {
        new TinyCheckpoint().random("a", 1).writeShardedTo(folder);
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"b\": \"model-00001-of-00002.safetensors\"}}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(Refusal.of(() -> checkpoint.tensor("b")))
                    .containsExactly(
                            folder.resolve("model-00001-of-00002.safetensors") + ": tensor 'b': is not in the file");
        }
    }

    @Test
    void readsPickledShardsLikeSafetensors() {
        Path index = Path.of("testdata/tiny-gpt2-pickled/aligned/pytorch_model.bin.index.json");
        for (Path location : List.of(index.getParent(), index)) {
            try (Checkpoint pickled = Checkpoint.open(location);
                    Checkpoint original = Checkpoint.open(Path.of("testdata/tiny-gpt2/aligned"))) {
                assertThat(pickled.shards()).hasSize(2);
                assertThat(pickled.tensorNames()).isEqualTo(original.tensorNames());
                for (String name : original.tensorNames()) {
                    assertThat(bytes(pickled.tensor(name))).as(name).isEqualTo(bytes(original.tensor(name)));
                }
                assertThat(Fingerprint.of(pickled)).isEqualTo(Fingerprint.of(original));
            }
        }
    }

    @Test
    void aSinglePickleComesBeforeAnIndexOfPicklesAsInTransformers() throws IOException {
        Files.copy(Path.of("testdata/pickles/zipped.bin"), folder.resolve("pytorch_model.bin"));
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"), "{\"weight_map\": {}}");
        for (Path location : List.of(folder, folder.resolve("pytorch_model.bin"))) {
            try (Checkpoint checkpoint = Checkpoint.open(location)) {
                assertThat(checkpoint.tensorNames()).contains("float32", "bfloat16");
            }
        }
        assertThat(Checkpoint.isIn(folder)).isTrue();
    }

    @Test
    void namesAPickledShardThatIsMissing() throws IOException {
        Path index = Files.writeString(
                folder.resolve("pytorch_model.bin.index.json"),
                "{\"weight_map\": {\"a\": \"pytorch_model-00001-of-00002.bin\"}}");
        assertThat(Refusal.of(() -> Checkpoint.open(folder)))
                .containsExactly(index + ": weight_map 'a'"
                        + " pytorch_model-00001-of-00002.bin: this shard is missing; download the checkpoint again");
    }

    @Test
    void aPickleNextToSafetensorsIsIgnored() throws IOException {
        Files.createFile(folder.resolve("pytorch_model.bin"));
        new TinyCheckpoint().random("a", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensor("a").file().path()).isEqualTo(folder.resolve("model.safetensors"));
        }
    }

    @Test
    void refusesAFolderWithoutACheckpoint() {
        assertThat(Refusal.of(() -> Checkpoint.open(folder)))
                .containsExactly(folder
                        + ": no checkpoint here: neither model.safetensors nor pytorch_model.bin nor an index of either;"
                        + " name the folder or the file that holds the weights");
    }

    @Test
    void refusesAnAdapterByName() {
        new TinyAdapter().module("layers.0.q_proj", 3, 3).writeTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.open(folder)))
                .containsExactly(folder + ": this is an adapter; name a full checkpoint");
    }

    @Test
    void refusesAMissingPath() {
        Path nowhere = folder.resolve("nowhere");
        assertThat(Refusal.of(() -> Checkpoint.open(nowhere))).containsExactly(nowhere + ": does not exist");
    }

    @Test
    void saysThatAFileIsAGitLfsPointer() throws IOException {
        Path pointer = Files.writeString(
                folder.resolve("model.safetensors"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        assertThat(Refusal.of(() -> Checkpoint.open(folder)))
                .singleElement()
                .asString()
                .startsWith(pointer + ": ")
                .contains("Git LFS");
    }

    @Test
    void closedTwiceIsClosed() {
        new TinyCheckpoint().random("a", 1).writeTo(folder);
        Checkpoint checkpoint = Checkpoint.open(folder);
        StoredTensor tensor = checkpoint.tensor("a");
        checkpoint.close();
        assertThatCode(checkpoint::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> bytes(tensor)).isInstanceOf(BadInputException.class);
    }

    @Test
    void recognizesAFolderWithACheckpoint() throws IOException {
        assertThat(Checkpoint.isIn(folder)).isFalse();
        new TinyCheckpoint().random("a", 1).writeTo(folder.resolve("single"));
        new TinyCheckpoint().random("a", 1).writeShardedTo(folder.resolve("sharded"));
        assertThat(Checkpoint.isIn(folder.resolve("single"))).isTrue();
        assertThat(Checkpoint.isIn(folder.resolve("sharded"))).isTrue();
    }

    private static ByteBuffer bytes(StoredTensor tensor) {
        return tensor.read(0, (int) tensor.byteLength());
    }
}

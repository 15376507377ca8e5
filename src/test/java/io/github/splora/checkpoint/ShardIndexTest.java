package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardIndexTest {

    @TempDir
    Path folder;

    private Path index;

    @BeforeEach
    void layOutTwoShards() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        index = model.resolve("model.safetensors.index.json");
        Files.createFile(model.resolve("one.safetensors"));
        Files.createFile(model.resolve("two.safetensors"));
        Files.createFile(folder.resolve("outside.safetensors"));
    }

    @Test
    void saysWhichShardHoldsWhichTensorInTheOrderOfTheFile() {
        Path model = index.getParent();
        assertThat(read("{\"b\": \"two.safetensors\", \"a\": \"one.safetensors\", \"c\": \"two.safetensors\"}")
                        .weightMap())
                .containsExactly(
                        Map.entry("b", model.resolve("two.safetensors")),
                        Map.entry("a", model.resolve("one.safetensors")),
                        Map.entry("c", model.resolve("two.safetensors")));
    }

    @Test
    void refusesAnIndexEntryThatPointsOutsideItsFolder() {
        assertThat(refusal("{\"w\": \"../outside.safetensors\"}"))
                .containsExactly(
                        index
                                + ": weight_map 'w' \"../outside.safetensors\": a shard must be the name of a file in the index's own folder");
    }

    @Test
    void refusesAnAbsolutePath() {
        String outside = folder.resolve("outside.safetensors").toAbsolutePath().toString();
        assertThat(refusal("{\"w\": \"" + outside + "\"}"))
                .singleElement()
                .asString()
                .contains("a shard must be the name of a file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"..\\\\outside.safetensors\"",
                "\"C:one.safetensors\"",
                "\"./one.safetensors\"",
                "\"..\"",
                "\".\"",
                "\"\"",
                "\" \"",
                "\"one.safetensors\\u0000\"",
                "\"sub/one.safetensors\"",
                "\"\\ud83d.safetensors\"",
                "1",
                "null",
                "true",
                "[\"one.safetensors\"]",
                "{}"
            })
    void refusesAnythingButAPlainFileName(String entry) {
        assertThat(refusal("{\"w\": " + entry + "}"))
                .singleElement()
                .asString()
                .startsWith(index + ": weight_map 'w' ")
                .endsWith(": a shard must be the name of a file in the index's own folder");
    }

    @Test
    void namesEveryMissingShardOnce() {
        assertThat(
                        refusal(
                                """
        {"a": "one.safetensors", "b": "three.safetensors", "c": "three.safetensors", "d": "four.safetensors"}"""))
                .containsExactly(
                        index
                                + ": weight_map 'b' three.safetensors: this shard is missing; download the checkpoint again",
                        index
                                + ": weight_map 'd' four.safetensors: this shard is missing; download the checkpoint again");
    }

    @Test
    void namesBadEntriesAndMissingShardsTogether() {
        assertThat(refusal("{\"a\": \"../x\", \"b\": 7, \"c\": \"three.safetensors\"}"))
                .hasSize(3);
    }

    @Test
    void aFolderIsNotAShard() throws IOException {
        Files.createDirectory(index.resolveSibling("folder"));
        assertThat(refusal("{\"w\": \"folder\"}")).singleElement().asString().contains("this shard is missing");
    }

    @Test
    void refusesAnIndexWithoutAWeightMap() throws IOException {
        Files.writeString(index, "{\"metadata\": {}}");
        assertThat(Refusal.of(() -> ShardIndex.read(index)))
                .containsExactly(index
                        + ": weight_map: this is not a shard index, which maps tensor names to shard"
                        + " files; name the checkpoint's folder");
    }

    @Test
    void refusesAWeightMapThatIsNotAMap() {
        assertThat(refusal("[\"one.safetensors\"]"))
                .containsExactly(index
                        + ": weight_map [\"one.safetensors\"]: this is not a shard index, which maps"
                        + " tensor names to shard files; name the checkpoint's folder");
    }

    @Test
    void refusesATensorThatIsListedTwice() {
        assertThat(refusal("{\"w\": \"one.safetensors\", \"w\": \"two.safetensors\"}"))
                .singleElement()
                .asString()
                .contains("Duplicate field 'w'");
    }

    private ShardIndex read(String weightMap) {
        try {
            Files.writeString(index, "{\"metadata\": {\"total_size\": 0}, \"weight_map\": " + weightMap + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ShardIndex.read(index);
    }

    private List<String> refusal(String weightMap) {
        return Refusal.of(() -> read(weightMap));
    }
}

package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each argument file in configs/ names a base and an aligned model; splora looks for them and says how to get them. */
class ConfigsTest {

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.sorted().toList();
        }
    }

    private static String id(Path file, String option) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(option + " "))
                .findFirst()
                .orElseThrow()
                .substring(option.length() + 1);
    }

    @ParameterizedTest
    @MethodSource("files")
    void isLookedForInTheCache(Path file) throws IOException {
        StringWriter err = new StringWriter();
        int code = Main.run(
                new String[] {"score", "@" + file, "--adapter", "testdata/tiny-llama/adapter"},
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                new HubCache(Path.of("no-such-hub")),
                Terminal.NONE);
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        base -> assertMissing(base, "--base", id(file, "--base")),
                        aligned -> assertMissing(aligned, "--aligned", id(file, "--aligned")));
    }

    private static void assertMissing(String line, String option, String id) {
        assertThat(line)
                .startsWith("splora: " + option + " '" + id + "': no such file or folder")
                .contains("not in the local Hugging Face cache")
                .contains("hf download " + id);
    }

    @ParameterizedTest
    @MethodSource("files")
    void saysHowItIsUsed(Path file) throws IOException {
        assertThat(file.toString()).endsWith(".args");
        assertThat(Files.readString(file)).contains("# splora score @" + file + " --adapter DIR\n");
        assertThat(id(file, "--base")).isNotEqualTo(id(file, "--aligned")).matches("[\\w-]+/[\\w.-]+");
        assertThat(id(file, "--aligned")).matches("[\\w-]+/[\\w.-]+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"llama-2-", "llama-3-", "llama-3.1-", "llama-3.2-", "qwen2.5-", "qwen3-", "gemma-", "mistral-"})
    void everyFamilyIsThere(String family) throws IOException {
        assertThat(files())
                .anySatisfy(file -> assertThat(file.getFileName().toString()).startsWith(family));
    }
}

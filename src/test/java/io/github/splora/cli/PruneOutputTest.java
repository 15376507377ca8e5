package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Obstacles to {@code --output}, and what happens to them. */
class PruneOutputTest {

    private static final String IN_AN_INPUT =
            ": --output: the output must not be, contain or be inside an input (%s); choose another folder";

    @TempDir
    Path folder;

    private static Run prune(Testdata model, Path output, String... more) {
        return Run.of("prune", model, Run.join(more, "--output", output.toString(), "--count", "1"));
    }

    private static void assertRefused(Run run, String message) {
        assertThat(run.errors()).containsExactly("splora: " + message);
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theFolderAndThoseAboveItAreMade() throws IOException {
        Path output = folder.resolve("a/b/pruned");
        assertThat(prune(Testdata.LLAMA, output).code()).isZero();
        assertThat(output.resolve("adapter_config.json")).exists();
        assertThat(namesIn(output.getParent())).containsExactly("pruned");
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Path output = Files.createDirectory(folder.resolve("pruned"));
        assertThat(prune(Testdata.LLAMA, output).code()).isZero();
        assertThat(namesIn(output)).hasSize(4);
    }

    @Test
    void aFolderThatIsNotEmptyIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("precious.txt"), "precious");
        assertRefused(
                prune(Testdata.LLAMA, folder),
                folder + ": --output: the folder is not empty; choose another, or write into it with --force");
        assertThat(namesIn(folder)).containsExactly("precious.txt");
    }

    @Test
    void aDryRunToldOfAFolderInTheWaySaysSo() throws IOException {
        Files.writeString(folder.resolve("precious.txt"), "precious");
        assertThat(prune(Testdata.LLAMA, folder, "--dry-run").code()).isEqualTo(4);
    }

    @Test
    void forceReplacesAnAdapterAndKeepsWhatElseIsThere() throws IOException {
        Path output = folder.resolve("pruned");
        Testdata.GPT2.withAdapterCopiedTo(output);
        Files.writeString(output.resolve("stale.txt"), "stale");
        assertThat(prune(Testdata.LLAMA, output, "--force").code()).isZero();
        assertThat(namesIn(output))
                .containsExactly(
                        "README.md",
                        "adapter_config.json",
                        "adapter_model.safetensors",
                        "splora-report.json",
                        "stale.txt");
        assertThat(Testdata.tensorsIn(output)).hasSize(46);
        assertThat(namesIn(folder)).containsExactly("pruned");
    }

    @Test
    void aFileInTheWayIsNeverReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertRefused(prune(Testdata.LLAMA, file, "--force"), file + ": --output: a file is in the way; name a folder");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aRunThatFailsLeavesTheOldAdapterInPlace() throws IOException {
        Path output = folder.resolve("pruned");
        Testdata.GPT2.withAdapterCopiedTo(output);
        Run run = Run.of("prune", Testdata.LLAMA, "--output", output.toString(), "--count", "24", "--force");
        assertThat(run.code()).isEqualTo(4);
        assertThat(Testdata.tensorsIn(output)).isEqualTo(Testdata.tensorsIn(Testdata.GPT2.adapter()));
        assertThat(namesIn(folder)).containsExactly("pruned");
    }

    @Test
    void theOutputCannotBeOrLieInTheAdapter() throws IOException {
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("adapter"));
        for (Path output : List.of(
                model.adapter(),
                model.adapter().resolve("pruned"),
                model.adapter().resolve("x/../y"))) {
            assertRefused(prune(model, output, "--force"), output + IN_AN_INPUT.formatted(model.adapter()));
        }
        assertThat(namesIn(model.adapter())).hasSize(3);
    }

    @Test
    void theOutputCannotBeInTheFolderOfAnAdapterNamedByItsFile() throws IOException {
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("adapter"));
        Path output = model.adapter().resolve("pruned");
        Run run = prune(model.withAdapter(model.adapter().resolve("adapter_model.safetensors")), output);
        assertRefused(run, output + IN_AN_INPUT.formatted(model.adapter().toAbsolutePath()));
    }

    @Test
    void theOutputCannotHoldAnInput() throws IOException {
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("all/adapter"));
        Path output = folder.resolve("all");
        assertRefused(prune(model, output, "--force"), output + IN_AN_INPUT.formatted(model.adapter()));
    }

    @Test
    void theOutputCannotReachAnInputThroughALink() throws IOException {
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("adapter"));
        Path link =
                Files.createSymbolicLink(folder.resolve("link"), model.adapter().toAbsolutePath());
        Path output = link.resolve("pruned");
        assertRefused(prune(model, output), output + IN_AN_INPUT.formatted(model.adapter()));
    }

    @Test
    void theOutputCannotLieInACheckpoint() {
        Path output = Testdata.LLAMA.base().resolve("pruned");
        assertRefused(prune(Testdata.LLAMA, output), output + IN_AN_INPUT.formatted(Testdata.LLAMA.base()));
        assertThat(output).doesNotExist();
    }
}

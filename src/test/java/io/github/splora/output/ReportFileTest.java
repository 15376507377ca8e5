package io.github.splora.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

    @TempDir
    Path folder;

    private static void assertRefused(Path file, List<String> used, String explanation) {
        assertThatThrownBy(() -> ReportFile.prepare(file, used))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ": --report: " + explanation);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileIsWrittenWithItsParentFolders() throws IOException {
        Path file = folder.resolve("new/one/r.HTML");
        ReportFile.prepare(file, List.of()).write("ünï");
        assertThat(file).hasContent("ünï");
    }

    @Test
    void theOldFileIsReplacedAndNothingElseIsLeft() throws IOException {
        Path file = Files.writeString(folder.resolve("r.html"), "old and longer");
        ReportFile.prepare(file, List.of()).write("new");
        assertThat(file).hasContent("new");
        assertThat(files()).containsExactly("r.html");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(folder.resolve("r.html"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("latest.html"), file);
        ReportFile.prepare(link, List.of()).write("new");
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void aFailedWriteLeavesNoPartialFile() throws IOException {
        Path file = folder.resolve("r.html");
        ReportFile report = ReportFile.prepare(file, List.of());
        Files.createDirectories(file.resolve("in the way"));
        assertThatThrownBy(() -> report.write("text")).isInstanceOf(IOException.class);
        assertThat(files()).containsExactly("r.html");
    }

    @Test
    void anythingButHtmlIsRefused() {
        assertRefused(
                folder.resolve("adapter_model.safetensors"),
                List.of(),
                "the report is an HTML file; choose a name that ends in .html");
        assertRefused(
                folder.resolve(".html"),
                List.of(),
                "the report is an HTML file; choose a name that ends" + " in .html");
    }

    @Test
    void aFolderInTheWayIsRefused() throws IOException {
        assertRefused(
                Files.createDirectory(folder.resolve("r.html")), List.of(), "a folder is in the way; name a file");
    }

    @Test
    void aFileWhereItsFolderShouldBeIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertRefused(file.resolve("r.html"), List.of(), "a file is in the way: " + file + " is not a folder");
    }

    @Test
    void whatTheRunReadsOrWritesIsRefused() throws IOException {
        Path input = Files.writeString(folder.resolve("weights.html"), "");
        Path link = Files.createSymbolicLink(folder.resolve("r.html"), input);
        String words = "the run uses this path for something else; choose another file";
        assertRefused(link, List.of("org/name", input.toString()), words);
        assertRefused(
                folder.resolve("out.html"), List.of(folder.resolve("out.html").toString()), words);
    }
}

package io.github.splora.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFolderTest {

    private static final String NOT_AN_INPUT =
            ": --output: the output must not be, contain or be inside an input (%s); choose another folder";

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = folder.resolve("out");
    }

    @Test
    void appearsWithAllItsFiles() throws IOException {
        prepare(false).publish(staging -> {
            Files.writeString(staging.resolve("a"), "1");
            Files.createDirectory(staging.resolve("sub"));
            Files.writeString(staging.resolve("sub/b"), "2");
            assertThat(target).doesNotExist();
        });
        assertThat(target.resolve("a")).hasContent("1");
        assertThat(target.resolve("sub/b")).hasContent("2");
        assertThat(namesIn(folder)).containsExactly("out");
    }

    @Test
    void createsParentFolders() throws IOException {
        target = folder.resolve("x/y/out");
        prepare(false).publish(OutputFolderTest::write);
        assertThat(target.resolve("new")).exists();
    }

    @Test
    void mayBeAnExistingEmptyFolder() throws IOException {
        Files.createDirectory(target);
        prepare(false).publish(OutputFolderTest::write);
        assertThat(namesIn(target)).containsExactly("new");
        assertThat(namesIn(folder)).containsExactly("out");
    }

    @Test
    void aFailureLeavesNothing() {
        assertThatThrownBy(() -> prepare(false).publish(staging -> {
                    write(staging);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
        assertThat(namesIn(folder)).isEmpty();
    }

    @Test
    void aCrashOfTheWriterLeavesNothingEither() {
        IllegalStateException defect = new IllegalStateException("a defect");
        assertThat(catchThrowable(() -> prepare(false).publish(staging -> {
                    write(staging);
                    throw defect;
                })))
                .isSameAs(defect);
        assertThat(namesIn(folder)).isEmpty();
    }

    @Test
    void aFailureKeepsTheOldAdapter() throws IOException {
        layOutOldAdapter();
        assertThatThrownBy(() -> prepare(true).publish(staging -> {
                    write(staging);
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class);
        assertThat(namesIn(folder)).containsExactly("out");
        assertThat(namesIn(target)).containsExactly("adapter_config.json", "old");
    }

    @Test
    void forceReplacesFilesOfTheSameNameAndKeepsTheOthers() throws IOException {
        layOutOldAdapter();
        Files.writeString(target.resolve("new"), "an older one");
        Files.createDirectory(target.resolve("notes"));
        Files.writeString(target.resolve("notes/thesis.tex"), "years of work");
        prepare(true).publish(OutputFolderTest::write);
        assertThat(namesIn(target)).containsExactly("adapter_config.json", "new", "notes", "old");
        assertThat(target.resolve("new")).hasContent("new");
        assertThat(target.resolve("notes/thesis.tex")).hasContent("years of work");
        assertThat(namesIn(folder)).containsExactly("out");
    }

    @Test
    void aFailureDeletesTheCreatedParentFolders() throws IOException {
        target = folder.resolve("x/y/out");
        assertThatThrownBy(() -> prepare(false).publish(staging -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(IOException.class);
        assertThat(namesIn(folder)).isEmpty();
    }

    @Test
    void theOldAdapterStaysUntilTheNewOneIsComplete() throws IOException {
        layOutOldAdapter();
        prepare(true).publish(staging -> {
            write(staging);
            assertThat(namesIn(target)).containsExactly("adapter_config.json", "old");
        });
    }

    @Test
    void refusesAFolderThatIsNotEmpty() throws IOException {
        layOutOldAdapter();
        assertThat(Refusal.of(() -> prepare(false)))
                .containsExactly(
                        target + ": --output: the folder is not empty; choose another, or write into it with --force");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesAFileThatIsInTheWay(boolean force) throws IOException {
        Files.createFile(target);
        assertThat(Refusal.of(() -> prepare(force)))
                .containsExactly(target + ": --output: a file is in the way; name a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"in", "in/", "./in", "x/../in", "in/sub", "in/sub/deeper", ".", ""})
    void refusesToBeContainOrBeInsideAnInput(String output) throws IOException {
        Path input = Files.createDirectory(folder.resolve("in"));
        Path out = folder.resolve(output);
        assertThat(Refusal.of(() -> OutputFolder.prepare(out, true, List.of(input))))
                .containsExactly(out + NOT_AN_INPUT.formatted(input));
    }

    @Test
    void refusesTheFolderOfAnInputFile() throws IOException {
        Files.createDirectory(target);
        Path input = Files.createFile(target.resolve("model.safetensors"));
        assertThat(Refusal.of(() -> OutputFolder.prepare(target, true, List.of(folder.resolve("other"), input))))
                .containsExactly(target + NOT_AN_INPUT.formatted(input));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in2", "i", "other/in"})
    void acceptsANameThatOnlyStartsLikeAnInput(String output) throws IOException {
        Path input = Files.createDirectory(folder.resolve("in"));
        OutputFolder.prepare(folder.resolve(output), false, List.of(input)).publish(OutputFolderTest::write);
        assertThat(folder.resolve(output).resolve("new")).exists();
    }

    @Test
    void seesThroughALinkToAnInput() throws IOException {
        Path input = Files.createDirectory(folder.resolve("in"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), input);
        assertThat(Refusal.of(() -> OutputFolder.prepare(link, true, List.of(input))))
                .containsExactly(link + NOT_AN_INPUT.formatted(input));
        assertThat(Refusal.of(() -> OutputFolder.prepare(link.resolve("new"), true, List.of(input))))
                .containsExactly(link.resolve("new") + NOT_AN_INPUT.formatted(input));
    }

    @Test
    void seesThroughAnInputThatIsALink() throws IOException {
        Path input = Files.createDirectory(folder.resolve("in"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), input);
        assertThat(Refusal.of(() -> OutputFolder.prepare(input, true, List.of(link))))
                .containsExactly(input + NOT_AN_INPUT.formatted(link));
    }

    @Test
    void fillsTheTargetOfALink() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        target = Files.createSymbolicLink(folder.resolve("link"), real);
        prepare(false).publish(OutputFolderTest::write);
        assertThat(target).isSymbolicLink();
        assertThat(namesIn(real)).containsExactly("new");
    }

    @Test
    void deletesNothingThatTheOldAdapterLinksTo() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createFile(elsewhere.resolve("precious"));
        layOutOldAdapter();
        Files.createSymbolicLink(target.resolve("link"), elsewhere);
        prepare(true).publish(OutputFolderTest::write);
        assertThat(elsewhere.resolve("precious")).exists();
        assertThat(namesIn(folder)).containsExactly("elsewhere", "out");
    }

    @Test
    void refusesAFolderThatCannotBeCreated() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        target = file.resolve("out");
        assertThat(Refusal.of(() -> prepare(false)))
                .containsExactly(target + ": --output: it cannot be created: " + file + " is not a writable folder");
    }

    @Test
    void refusesABrokenLink() throws IOException {
        target = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
        assertThat(Refusal.of(() -> prepare(false)))
                .containsExactly(target + ": --output: a broken link is in the way; name a folder");
    }

    private OutputFolder prepare(boolean force) {
        return OutputFolder.prepare(target, force, List.of());
    }

    private static void write(Path staging) throws IOException {
        Files.writeString(staging.resolve("new"), "new");
    }

    private void layOutOldAdapter() throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve("adapter_config.json"));
        Files.createFile(target.resolve("old"));
    }

    private static List<String> namesIn(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

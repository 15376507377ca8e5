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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HiddenNamesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"x,200", "x,240", "x,255", "ü,127", "😀,63"})
    void anOutputMayHaveAnyNameThatFileSystemsAllow(String character, int count) throws IOException {
        Path target = folder.resolve(character.repeat(count));
        OutputFolder.prepare(target, false, List.of())
                .publish(staging -> Files.writeString(staging.resolve("one"), "1"));
        OutputFolder.prepare(target, true, List.of())
                .publish(staging -> Files.writeString(staging.resolve("one"), "2"));
        assertThat(target.resolve("one")).hasContent("2");
        assertOnly(target);
    }

    @Test
    void soMayAReport() throws IOException {
        Path file = folder.resolve("r".repeat(250) + ".html");
        ReportFile.prepare(file, List.of()).write("text");
        assertOnly(file);
    }

    @ParameterizedTest
    @CsvSource({"256", "300", "5000"})
    void aLongerNameIsRefusedBeforeAnyWork(int length) {
        Path target = folder.resolve("x".repeat(length)).resolve("y");
        assertThatThrownBy(() -> OutputFolder.prepare(target, false, List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("a name in this path has " + length + " bytes, more than the 255");
        Path file = folder.resolve("x".repeat(length) + ".html");
        assertThatThrownBy(() -> ReportFile.prepare(file, List.of()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("--report")
                .hasMessageContaining("more than the 255");
    }

    @Test
    void longNamesWithTheSameBeginningHaveDifferentHiddenNames() {
        assertThat(HiddenNames.prefix(Path.of("x".repeat(250) + "a"), "new"))
                .isNotEqualTo(HiddenNames.prefix(Path.of("x".repeat(250) + "b"), "new"));
    }

    private void assertOnly(Path expected) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(expected);
        }
    }
}

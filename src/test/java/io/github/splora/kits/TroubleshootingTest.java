package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The program can print every message that docs/troubleshooting.md explains. */
class TroubleshootingTest {

    private static List<String> sources;

    @BeforeAll
    static void readSources() throws IOException {
        try (Stream<Path> java = Files.walk(Path.of("src/main/java"))) {
            sources = Stream.concat(java.filter(Files::isRegularFile), Stream.of(Path.of("bin/splora")))
                    .map(TroubleshootingTest::text)
                    .toList();
        }
    }

    /** Returns the file with string literals rejoined across line breaks. */
    private static String text(Path file) {
        try {
            return Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> messages() throws IOException {
        List<String> messages = Files.readAllLines(Path.of("docs/troubleshooting.md")).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.replaceFirst("^### `(.+)`$", "$1"))
                .toList();
        assertThat(messages).hasSizeGreaterThan(25).doesNotHaveDuplicates();
        return messages;
    }

    @ParameterizedTest
    @MethodSource("messages")
    void canBePrinted(String message) {
        List<String> parts = Arrays.stream(message.split("…"))
                .filter(part -> part.strip().length() > 3)
                .toList();
        assertThat(parts).isNotEmpty();
        assertThat(sources.stream().anyMatch(source -> parts.stream().allMatch(source::contains)))
                .as(message)
                .isTrue();
    }
}

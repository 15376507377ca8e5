package io.github.splora.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests with files of other projects, which are not in this repository: {@code SPLORA_SHARED} (default
 * {@code ../shared}) names the folder whose {@code realdata} subfolder holds them. Skipped if it is missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealFilesTest {

    private static final Path REALDATA =
            Path.of(System.getenv().getOrDefault("SPLORA_SHARED", "../shared")).resolve("realdata");

    @TempDir
    Path folder;

    @BeforeAll
    static void realFilesAreHere() {
        assumeTrue(Files.isDirectory(REALDATA), () -> "no " + REALDATA);
    }

    /** What safetensors 0.8.0 does, one line per file: file, size, OPENS or REJECTS and the reason. */
    static List<String> verdicts() throws IOException {
        return Files.readAllLines(REALDATA.resolve("malformed/VERDICTS.tsv")).stream()
                .skip(1)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void oddFilesGetTheVerdictOfTheReferenceImplementation(String line) {
        String[] columns = line.split("\t", -1);
        Path path = REALDATA.resolve("malformed").resolve(columns[0] + ".safetensors");
        if (columns[2].startsWith("OPENS")) {
            SafetensorsFile.open(path).close();
        } else {
            assertThat(RawFile.refusal(path)).isNotEmpty();
        }
    }

    @Test
    void everyOddFileHasAVerdict() throws IOException {
        assertThat(safetensorsIn(REALDATA.resolve("malformed"))).hasSameSizeAs(verdicts());
    }

    static List<Path> goodFiles() throws IOException {
        return safetensorsIn(REALDATA).stream()
                .filter(path -> !path.startsWith(REALDATA.resolve("malformed")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("goodFiles")
    void rewritingKeepsEveryTensorBitForBitAndIsStable(Path path) throws IOException {
        Path once = folder.resolve("once");
        Path twice = folder.resolve("twice");
        try (SafetensorsFile original = SafetensorsFile.open(path)) {
            rewrite(original, once);
            try (SafetensorsFile copy = SafetensorsFile.open(once)) {
                assertThat(copy.header().tensors().keySet())
                        .containsExactlyInAnyOrderElementsOf(
                                original.header().tensors().keySet());
                assertThat(copy.header().metadata())
                        .containsAllEntriesOf(original.header().metadata());
                original.header().tensors().values().forEach(tensor -> assertSame(original, tensor, copy));
                rewrite(copy, twice);
            }
        }
        assertThat(twice).hasSameBinaryContentAs(once);
    }

    private static void assertSame(SafetensorsFile original, TensorInfo tensor, SafetensorsFile copy) {
        TensorInfo copied = copy.tensor(tensor.name());
        assertThat(copied.dtype()).isEqualTo(tensor.dtype());
        assertThat(copied.shape()).isEqualTo(tensor.shape());
        assertThat(Bytes.of(copy, copied)).isEqualTo(Bytes.of(original, tensor));
    }

    private static void rewrite(SafetensorsFile file, Path target) throws IOException {
        List<TensorSource> sources = new ArrayList<>();
        file.header().tensors().values().forEach(tensor -> sources.add(TensorSource.copyOf(file, tensor)));
        SafetensorsWriter.write(target, sources, file.header().metadata());
    }

    private static List<Path> safetensorsIn(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> path.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }
}

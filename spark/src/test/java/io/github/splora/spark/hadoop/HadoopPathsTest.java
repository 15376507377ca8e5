package io.github.splora.spark.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.checkpoint.FileNames;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's file systems look like any other to the code that reads them. */
class HadoopPathsTest {

    @TempDir
    Path folder;

    private final byte[] content = new byte[3_000_000];
    private Path file;

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(content);
        Files.createDirectories(folder.resolve("a/b"));
        Files.write(folder.resolve("a/b/weights.bin"), content);
        Files.createSymbolicLink(folder.resolve("a/link"), folder.resolve("a/b/weights.bin"));
        file = path("a/b/weights.bin");
    }

    /** Splora finds the service by itself. */
    private Path path(String relative) {
        return FileNames.location("file:" + folder.resolve(relative));
    }

    @Test
    void aLocationIsAPathOfHadoop() {
        assertThat(file).isInstanceOf(HadoopPath.class);
        assertThat(file).hasToString("file:" + folder.resolve("a/b/weights.bin"));
        assertThat(FileNames.location(folder.toString())).isEqualTo(folder);
        assertThat(HadoopPaths.qualified(folder.toString())).isEqualTo("file:" + folder);
    }

    @Test
    void anUnknownSchemeIsRefusedWithAnAdvice() {
        assertThatThrownBy(() -> HadoopPaths.qualified("nosuch://bucket/model"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no file system is known for 'nosuch://'")
                .hasMessageContaining("--packages");
    }

    @Test
    void pathsHaveParts() {
        Path root = path("a");
        assertThat(root.resolve("b/weights.bin")).isEqualTo(file).hasSameHashCodeAs(file);
        assertThat(root.resolve("b").resolveSibling("c")).isEqualTo(path("a/c"));
        assertThat(root.relativize(file)).hasToString("b/weights.bin");
        assertThat(file.relativize(root)).hasToString("../..");
        assertThat(file.getFileName()).hasToString("weights.bin");
        assertThat(file.getParent()).isEqualTo(path("a/b"));
        assertThat(file.startsWith(root)).isTrue();
        assertThat(path("ab").startsWith(root)).isFalse();
        assertThat(file.endsWith("b/weights.bin")).isTrue();
        assertThat(file.endsWith("eights.bin")).isFalse();
        assertThat(root.resolve("x/./../b/weights.bin").normalize()).isEqualTo(file);
        assertThat(file.getRoot().resolve("../..").normalize()).isEqualTo(file.getRoot());
        assertThat(file.getRoot().getParent()).isNull();
        assertThat(file.getNameCount()).isEqualTo(folder.getNameCount() + 3);
        assertThat(file.subpath(0, 1).isAbsolute()).isFalse();
    }

    @Test
    void aStrangersPathStaysInTheFileSystemOfTheFileThatNamesIt() {
        Path recorded = FileNames.resolved(path("a"), Path.of("/models/aligned"));
        assertThat(recorded).isInstanceOf(HadoopPath.class).hasToString("file:/models/aligned");
        assertThat(FileNames.resolved(path("a"), Path.of("b"))).isEqualTo(path("a/b"));
        assertThat(FileNames.resolved(path("a"), path("c"))).isEqualTo(path("c"));
    }

    @Test
    void filesAndFoldersCanBeLookedAt() throws IOException {
        assertThat(Files.isRegularFile(file)).isTrue();
        assertThat(Files.isDirectory(path("a/b"))).isTrue();
        assertThat(Files.exists(path("a/missing"))).isFalse();
        assertThat(Files.size(file)).isEqualTo(content.length);
        assertThat(Files.isSameFile(file, path("a/../a/b/weights.bin"))).isTrue();
        try (Stream<Path> tree = Files.walk(path("a"))) {
            assertThat(tree).contains(path("a"), path("a/b"), file);
        }
        assertThatThrownBy(() -> Files.size(path("a/missing"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(ReadOnlyFileSystemException.class);
        assertThatThrownBy(() -> FileChannel.open(file, StandardOpenOption.WRITE))
                .isInstanceOf(ReadOnlyFileSystemException.class);
    }

    @Test
    void aLinkOnTheLocalDiskIsSeenThrough() throws IOException {
        assertThat(path("a/link").toRealPath()).isEqualTo(file.toRealPath());
    }

    @Test
    void everyByteIsWhereItBelongs() throws IOException {
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        try (DataFile data = DataFile.open(file, "test")) {
            Random random = new Random(2);
            int next = 0;
            for (int i = 0; i < 500; i++) {
                int length = random.nextInt(random.nextInt(4) == 0 ? 400_000 : 5_000);
                // Most reads follow the one before.
                int from = random.nextInt(5) == 0 || next + length > content.length
                        ? random.nextInt(content.length - length)
                        : next;
                next = from + length;
                ByteBuffer read = data.read(from, length);
                assertThat(read.array()).isEqualTo(Arrays.copyOfRange(content, from, next));
            }
        }
    }

    @Test
    void aScopeCountsAndKeepsTheModels() throws IOException {
        String base = path("a").toString();
        String aligned = path("other").toString();
        for (boolean keeps : List.of(false, true)) {
            try (ReadScope scope = ReadScope.begin(base, aligned, keeps);
                    DataFile data = DataFile.open(file, "test")) {
                data.read(1000, 200_000);
                data.read(2000, 150_000);
                // A file that is not safetensors has no data by this count.
                assertThat(scope.reads().headers()).isEqualTo(keeps ? 200_000 : Pages.PAGE_BYTES);
                assertThat(scope.reads().others()).isZero();
            }
        }
        try (ReadScope scope = ReadScope.begin(aligned, aligned, true);
                DataFile data = DataFile.open(file, "test")) {
            data.read(1000, 200_000);
            assertThat(scope.reads()).isEqualTo(new Reads(0, 0, 0, Pages.PAGE_BYTES, 1));
        }
        assertThat(ReadScope.current()).isNull();
    }
}

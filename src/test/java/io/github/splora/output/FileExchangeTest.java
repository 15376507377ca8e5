package io.github.splora.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens during an exchange, the folder holds the old files, the new ones, or no config. */
class FileExchangeTest {

    private static final String CONFIG = "adapter_config.json";
    private static final int MOVES = 8;

    @TempDir
    Path folder;

    private Path target;
    private Path staging;
    private Map<String, String> old;
    private Map<String, String> both;

    @BeforeEach
    void layOut() throws IOException {
        target = folder.resolve("target");
        write(target, Map.of(CONFIG, "old", "weights", "old", "sub/a", "old", "mine", "old", "way", "a file"));
        old = contents(target);
        staging = target.resolve(".new");
        write(staging, Map.of(CONFIG, "new", "weights", "new", "sub/a", "new", "sub/b", "new", "way/c", "new"));
        both = new TreeMap<>(contents(staging));
        both.put("mine", "old");
    }

    @Test
    void replacesFilesOfTheSameNameAndKeepsTheOthers() throws IOException {
        AtomicInteger moves = new AtomicInteger();
        exchange((from, to) -> {
            moves.incrementAndGet();
            Files.move(from, to);
        });
        assertThat(contents(target)).isEqualTo(both);
        assertThat(target.resolve(".old")).doesNotExist();
        assertThat(moves).hasValue(MOVES + 1);
    }

    @Test
    void ifAFileCannotBeMovedTheOldOnesAreBack() throws IOException {
        for (int failing = 0; failing <= MOVES; failing++) {
            AtomicInteger moves = new AtomicInteger();
            int number = failing;
            assertThatThrownBy(() -> exchange((from, to) -> {
                        if (moves.getAndIncrement() == number) {
                            throw new FileSystemException("busy");
                        }
                        Files.move(from, to);
                    }))
                    .hasMessage("busy");
            assertThat(contents(target)).as("after move %s", failing).isEqualTo(old);
            assertThat(target.resolve(".old")).doesNotExist();
        }
        exchange(Files::move);
        assertThat(contents(target)).isEqualTo(both);
    }

    @Test
    void anExchangeThatEndsInTheMiddleLeavesNoConfig() throws IOException {
        for (int last = 1; last <= MOVES; last++) {
            AtomicInteger moves = new AtomicInteger();
            int number = last;
            Path copy = target;
            target = folder.resolve("target" + last);
            write(target, old);
            staging = target.resolve(".new");
            write(staging, both);
            assertThatThrownBy(() -> exchange((from, to) -> {
                        if (moves.getAndIncrement() == number) {
                            throw new AssertionError("killed");
                        }
                        Files.move(from, to);
                    }))
                    .hasMessage("killed");
            assertThat(target.resolve(CONFIG)).as("after move %s", last).doesNotExist();
            target = copy;
        }
    }

    @Test
    void replacesALinkWithoutFollowingIt() throws IOException {
        Path precious = folder.resolve("precious");
        write(precious, Map.of("a", "precious"));
        Files.delete(target.resolve("sub/a"));
        Files.delete(target.resolve("sub"));
        Files.createSymbolicLink(target.resolve("sub"), precious);
        exchange(Files::move);
        assertThat(target.resolve("sub").toRealPath(LinkOption.NOFOLLOW_LINKS)).isDirectory();
        assertThat(contents(target)).isEqualTo(both);
        assertThat(contents(precious)).containsExactly(Map.entry("a", "precious"));
    }

    private void exchange(FileExchange.Mover mover) throws IOException {
        new FileExchange(staging, target, target.resolve(".old"), Set.of(CONFIG), mover).run();
    }

    private static void write(Path to, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = to.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    /** Text of each file, except for hidden folders. */
    private static Map<String, String> contents(Path of) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(of)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = of.relativize(file).toString();
                if (!name.startsWith(".")) {
                    contents.put(name, Files.readString(file));
                }
            }
        }
        return contents;
    }
}

package io.github.splora.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only folders that nobody can still be using are removed. */
class LeftoversTest {

    @TempDir
    Path folder;

    @Test
    void removesAFolderOfThisMachineAfterADayIfItsProcessIsGone() throws IOException, InterruptedException {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        UUID mine = Leftovers.owned();
        UUID ofTheDead = new UUID(1, (mine.getLeastSignificantBits() & ~0xFFFFFFFFL) | ended.pid());
        UUID ofAnotherMachine = new UUID(1, ~mine.getLeastSignificantBits());
        assertThat(isRemoved(ofTheDead, Duration.ofHours(25))).isTrue();
        assertThat(isRemoved(ofTheDead, Duration.ofHours(23))).isFalse();
        assertThat(isRemoved(ofAnotherMachine, Duration.ofDays(6))).isFalse();
        assertThat(isRemoved(ofAnotherMachine, Duration.ofDays(8))).isTrue();
        // A process that started after the folder's last change is another one of the same number.
        assertThat(isRemoved(mine, Duration.ofHours(25))).isTrue();
        assertThat(isRemoved(ofOurParent(mine), Duration.ofHours(0))).isFalse();
    }

    @Test
    void leavesEverythingElseAlone() throws IOException {
        String[] names = {"x-1", "x-" + new UUID(1, 2) + "0", "y-" + new UUID(1, 2), "x"};
        for (String name : names) {
            age(Files.createDirectory(folder.resolve(name)), Duration.ofDays(100));
        }
        age(Files.createFile(folder.resolve("x-" + new UUID(3, 4))), Duration.ofDays(100));
        Leftovers.delete(folder, "x-");
        assertThat(folder.toFile().list()).hasSize(names.length + 1);
    }

    private static UUID ofOurParent(UUID mine) {
        long pid = ProcessHandle.current().parent().orElseThrow().pid();
        return new UUID(1, (mine.getLeastSignificantBits() & ~0xFFFFFFFFL) | pid);
    }

    private boolean isRemoved(UUID uuid, Duration age) throws IOException {
        Path old = Files.createDirectory(folder.resolve("x-" + uuid));
        Files.writeString(old.resolve("file"), "text");
        age(old, age);
        Leftovers.delete(folder, "x-");
        boolean isRemoved = !Files.exists(old);
        FolderTree.delete(old);
        return isRemoved;
    }

    private static void age(Path path, Duration age) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(age)));
    }
}

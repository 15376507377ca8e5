package io.github.splora.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hidden folders that a killed run leaves behind. Their names end in a UUID whose second half says which process made them, so
 * that a later run can tell that the process is gone.
 */
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private static final Duration A_DAY = Duration.ofDays(1);
    /** For folders of another machine, whose processes are unknown here. */
    private static final Duration A_WEEK = Duration.ofDays(7);

    private static final String UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final int HOST = hostName().hashCode();

    private Leftovers() {}

    /** Returns a UUID that names this process. */
    static UUID owned() {
        int pid = (int) ProcessHandle.current().pid();
        return new UUID(
                UUID.randomUUID().getMostSignificantBits(), ((long) HOST << Integer.SIZE) | (pid & 0xFFFFFFFFL));
    }

    /**
     * Deletes the folders in {@code parent} whose names are {@code prefix} and a UUID, if they have been unchanged for a day and
     * their process is gone, and says so.
     */
    static void delete(Path parent, String prefix) {
        abandoned(parent, prefix).forEach(folder -> {
            FolderTree.deleteQuietly(folder);
            LOG.warn("removed {}, left behind by a run that was killed", folder);
        });
    }

    /** Warns about such folders that hold earlier files of {@code target}, instead of deleting them: they may be the only copy. */
    static void mention(Path parent, String prefix, Path target) {
        abandoned(parent, prefix)
                .forEach(folder -> LOG.warn(
                        "{} holds earlier files of {}, from a run that was killed; delete it if you do not need them",
                        folder,
                        target));
    }

    private static List<Path> abandoned(Path parent, String prefix) {
        Pattern pattern = Pattern.compile(Pattern.quote(prefix) + "(" + UUID_PATTERN + ")");
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .filter(path -> {
                        Matcher matcher = pattern.matcher(path.getFileName().toString());
                        return matcher.matches() && isAbandoned(path, UUID.fromString(matcher.group(1)));
                    })
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isAbandoned(Path folder, UUID uuid) {
        long owner = uuid.getLeastSignificantBits();
        boolean isHere = (int) (owner >> Integer.SIZE) == HOST;
        Instant limit = Instant.now().minus(isHere ? A_DAY : A_WEEK);
        try {
            Instant modified =
                    Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
            return modified.isBefore(limit) && !(isHere && isRunning(owner & 0xFFFFFFFFL, modified));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether that process still runs. One that started after the folder's last change has only the same number. */
    private static boolean isRunning(long pid, Instant modified) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> start.isBefore(modified))
                        .orElse(true))
                .isPresent();
    }

    /** Without a look-up, which could ask the network. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("COMPUTERNAME")).orElse("");
        }
    }
}

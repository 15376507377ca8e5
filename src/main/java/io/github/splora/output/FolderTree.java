package io.github.splora.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Operations on whole folders for {@link OutputFolder}. Symbolic links are handled as links and never followed. */
public final class FolderTree {

    private static final int MOST_DELETIONS = 100;
    private static final long PAUSE_NANOS = 20_000_000;

    private FolderTree() {}

    /** Flushes every file's data to disk. */
    static void forceToDisk(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /** Adds everything in {@code from} that {@code to} lacks, using hard links if the file system supports them. */
    static void addMissing(Path from, Path to) throws IOException {
        List<Path> entries;
        try (Stream<Path> listing = Files.list(from)) {
            entries = listing.toList();
        }
        for (Path entry : entries) {
            Path copy = to.resolve(entry.getFileName());
            boolean isFolder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
            if (isFolder && (Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS) || !exists(copy))) {
                Files.createDirectories(copy);
                addMissing(entry, copy);
            } else if (!isFolder && !exists(copy)) {
                link(entry, copy);
            }
        }
    }

    /** Deletes a folder and everything in it, if it exists. */
    public static void delete(Path folder) throws IOException {
        if (exists(folder)) {
            Files.walkFileTree(folder, new Deletion());
        }
    }

    /** Deletes as {@link #delete} does, but leaves behind what cannot be deleted. */
    static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            // A hidden folder remains; it does not affect the result.
        }
    }

    /**
     * Deletes as {@link #deleteQuietly} does while another thread may still be creating the folder or writing into it:
     * retries until the folder stays away for a moment or cannot be deleted.
     */
    public static void deleteThoroughly(Path folder) {
        for (int tries = 0; tries < MOST_DELETIONS; tries++) {
            deleteQuietly(folder);
            LockSupport.parkNanos(PAUSE_NANOS);
            if (!exists(folder)) {
                return;
            }
        }
    }

    private static void link(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException problem) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}

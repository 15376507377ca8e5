package io.github.splora.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What {@link OutputFolder} does to whole folders. Symbolic links are taken as such and never followed. */
public final class FolderTree {

    private static final int MOST_DELETIONS = 100;
    private static final long PAUSE_NANOS = 20_000_000;

    private FolderTree() {}

    /** Makes sure that every file's data is on the disk. */
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

    /** Gives {@code to} everything of {@code from} that it does not have, by hard links where the disk knows them. */
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

    /** Moves everything of {@code from} to its place in {@code to}, replacing files; the one named {@code last} at last. */
    static void moveInto(Path from, Path to, String last) throws IOException {
        List<Path> entries;
        try (Stream<Path> listing = Files.list(from)) {
            entries = listing.sorted(Comparator.comparing(
                            entry -> entry.getFileName().toString().equals(last)))
                    .toList();
        }
        for (Path entry : entries) {
            Path place = to.resolve(entry.getFileName());
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(place)) {
                moveInto(entry, place, last);
            } else {
                Files.move(entry, place, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Deletes a folder and everything in it, if it exists. */
    public static void delete(Path folder) throws IOException {
        if (exists(folder)) {
            Files.walkFileTree(folder, new Deletion());
        }
    }

    /** As {@link #delete}, but leaves behind what cannot be deleted. */
    static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            // A hidden folder is left behind; the result does not depend on it.
        }
    }

    /**
     * As {@link #deleteQuietly}, while somebody may still be making the folder or writing into it: until it is gone and
     * stays so for a moment, or will not go.
     */
    static void deleteThoroughly(Path folder) {
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

package io.github.splora.checkpoint;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Converts the names of files and folders. */
public final class FileNames {

    private FileNames() {}

    /** Returns a folder itself, or the folder that holds a file. */
    public static Path folderOf(Path location) {
        return Files.isDirectory(location)
                ? location
                : location.toAbsolutePath().resolveSibling("");
    }

    /**
     * Returns the path of that name; empty if no file can have that name (JSON strings can hold half a surrogate pair).
     */
    public static Optional<Path> toPath(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}

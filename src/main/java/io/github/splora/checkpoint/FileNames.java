package io.github.splora.checkpoint;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Converts untrusted file names to paths. */
final class FileNames {

    private FileNames() {}

    /**
     * Returns the path of that name; empty if no file can have that name (JSON strings can hold half a surrogate pair).
     */
    static Optional<Path> toPath(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}

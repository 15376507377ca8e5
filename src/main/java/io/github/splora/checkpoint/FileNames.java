package io.github.splora.checkpoint;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Names of files that came from elsewhere. */
final class FileNames {

    private FileNames() {}

    /** The path of that name; empty if no file can have it, as half a surrogate pair, which JSON can hold. */
    static Optional<Path> toPath(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}

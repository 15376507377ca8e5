package io.github.splora.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resolves symbolic links in paths that need not exist yet, and compares files by identity. */
final class RealPath {

    private RealPath() {}

    /** Returns the absolute, normalized path with links resolved in the part that exists. */
    static Path of(Path path) {
        Path absolute = path.toAbsolutePath();
        for (Path existing = absolute; existing != null; existing = existing.getParent()) {
            try {
                return existing.toRealPath()
                        .resolve(existing.relativize(absolute))
                        .normalize();
            } catch (IOException e) {
                // This part does not exist yet, but its parent may.
            }
        }
        return absolute.normalize();
    }

    /**
     * Whether a path, which need not exist, is a file or folder or lies in it, by identity: a folder has other paths where it is
     * mounted twice.
     */
    static boolean isWithin(Path path, Path folder) {
        if (path.startsWith(folder)) {
            return true;
        }
        for (Path above = path; above != null; above = above.getParent()) {
            if (isSame(above, folder)) {
                return true;
            }
        }
        return false;
    }

    /** Whether both exist and are the same file or folder. */
    static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }
}

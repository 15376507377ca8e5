package io.github.splora.output;

import java.io.IOException;
import java.nio.file.Path;

/** Resolves symbolic links in paths that need not exist yet. */
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
}

package io.github.splora.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Decides whether a file belongs to a folder from a stranger: a link in it must not stand for a user's file elsewhere. Links
 * within the folder are its own and, in a hub cache, which consists of links, those to the cache's blobs.
 */
public final class OwnFiles {

    /** A large file in a hub cache since July 2026: the repository's blob is a link to the cache's. */
    private static final Pattern SHARED_BLOB = Pattern.compile("[0-9a-f]{2}/[0-9a-f]{64}");

    private static final String SHARED_BLOBS_MARK = ".huggingface-shared-blobs";

    private OwnFiles() {}

    /**
     * Whether a file belongs to a folder.
     *
     * @param home the folder's real path
     * @param real the file's real path
     */
    public static boolean contains(Path home, Path real) {
        return real.startsWith(home) || isBlob(home, real);
    }

    private static boolean isBlob(Path home, Path real) {
        for (Path snapshot = home; snapshot.getParent() != null; snapshot = snapshot.getParent()) {
            Path snapshots = snapshot.getParent();
            if (snapshots.endsWith("snapshots") && snapshots.getParent() != null) {
                return isBlobOf(snapshots.getParent(), real);
            }
        }
        return false;
    }

    private static boolean isBlobOf(Path repository, Path real) {
        if (real.startsWith(repository.resolve("blobs"))) {
            return true;
        }
        Path shared = repository.resolveSibling("blobs");
        return String.valueOf(repository.getFileName()).startsWith("models--")
                && real.startsWith(shared)
                && Files.exists(shared.resolve(SHARED_BLOBS_MARK))
                && SHARED_BLOB.matcher(shared.relativize(real).toString()).matches();
    }
}

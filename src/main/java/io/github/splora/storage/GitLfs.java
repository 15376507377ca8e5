package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Recognizes Git LFS pointers: small text files that a clone without LFS has in place of large ones. */
public final class GitLfs {

    private static final ByteBuffer POINTER = StandardCharsets.US_ASCII.encode("version https://git-lfs");

    /** Bytes from the start of a file that suffice to recognize a pointer. */
    public static final int ENOUGH = POINTER.limit();

    private GitLfs() {}

    /**
     * @param start the first bytes of the file, from position 0
     * @throws BadInputException if the file is a pointer
     */
    public static void refusePointer(Path file, ByteBuffer start) {
        if (start.limit() >= ENOUGH && start.slice(0, ENOUGH).equals(POINTER)) {
            throw new BadInputException(
                    file, null, null, "is a Git LFS pointer, not the file itself; run 'git lfs pull' to get the file");
        }
    }
}

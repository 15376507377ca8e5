package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files a run reads, as they were at its start. A file that is rewritten or replaced meanwhile could be scored in
 * one half and hashed in the other; a result is given only if none was.
 */
final class FileStates {

    /** What a write or a replacement changes; the key is the file system's own name for the file (an inode). */
    private record State(long size, FileTime modified, Object key) {}

    private final Map<Path, State> states = new LinkedHashMap<>();

    /** @throws BadInputException if one of them is not there */
    FileStates(Collection<Path> files) {
        files.forEach(file -> {
            try {
                states.put(file, stateOf(file));
            } catch (IOException e) {
                throw new BadInputException(file, null, null, "cannot be read: " + e, e);
            }
        });
    }

    /** @throws BadInputException naming every file that is no longer what it was */
    void requireUnchanged() {
        List<Problem> problems = new ArrayList<>();
        states.forEach((file, before) -> {
            String change = change(file, before);
            if (change != null) {
                problems.add(
                        new Problem(file.toString(), null, null, change + "; run again when nothing writes to it"));
            }
        });
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    private static @Nullable String change(Path file, State before) {
        try {
            return stateOf(file).equals(before) ? null : "was changed or replaced while it was read";
        } catch (IOException e) {
            return "was taken away while it was read";
        }
    }

    private static State stateOf(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
}

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
 * The state of a run's input files at its start. If a file changed during the run, its scores and its hash could
 * describe different contents, so a result is published only if no file has changed.
 */
final class FileStates {

    /**
     * The attributes that a write or a replacement changes. The key identifies the file in its file system (an inode).
     */
    private record State(long size, FileTime modified, Object key) {}

    private final Map<Path, State> states = new LinkedHashMap<>();

    /** @throws BadInputException if a file cannot be read */
    FileStates(Collection<Path> files) {
        files.forEach(file -> {
            try {
                states.put(file, stateOf(file));
            } catch (IOException e) {
                throw new BadInputException(file, null, null, "cannot be read: " + e, e);
            }
        });
    }

    /** Returns size and time of every file, by its path: what several machines can compare. */
    Map<String, String> described() {
        Map<String, String> described = new LinkedHashMap<>();
        states.forEach((file, state) -> described.put(
                file.toString(), state.size() + " bytes of " + state.modified().toMillis()));
        return described;
    }

    /** @throws BadInputException naming every file that has changed */
    void requireUnchanged() {
        List<Problem> problems = new ArrayList<>();
        states.forEach((file, before) -> {
            String change = change(file, before);
            if (change != null) {
                problems.add(problem(file.toString(), change));
            }
        });
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /**
     * Compares these files with what another machine saw of them.
     *
     * @param seen what {@link #described()} returned there
     * @throws BadInputException naming every file that differs
     */
    void requireSame(Map<String, String> seen) {
        List<Problem> problems = new ArrayList<>();
        described().forEach((file, state) -> {
            if (!state.equals(seen.get(file))) {
                problems.add(problem(file, "was changed or replaced during the run"));
            }
        });
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    private static Problem problem(String file, String change) {
        return new Problem(file, null, null, change + "; run again while no other program writes to it");
    }

    private static @Nullable String change(Path file, State before) {
        try {
            return stateOf(file).equals(before) ? null : "was changed or replaced during the run";
        } catch (IOException e) {
            return "was removed during the run";
        }
    }

    private static State stateOf(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
}

package io.github.splora.inspect;

import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.report.ProvenanceStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Compares a folder with the statement of provenance in it. */
public final class ProvenanceCheck {

    private ProvenanceCheck() {}

    /**
     * Returns every file that differs from the statement, is missing, or is not in it.
     *
     * @throws BadInputException if there is no such statement, or if the folder cannot be read
     */
    public static List<Problem> problems(Path folder) {
        Path statement = folder.resolve(ProvenanceStatement.FILE_NAME);
        if (!Files.exists(statement)) {
            throw new BadInputException(
                    statement, null, null, "does not exist; 'prune --provenance' and 'repair --provenance' write it");
        }
        Map<String, String> subjects = ProvenanceStatement.subjects(statement);
        List<Problem> problems = new ArrayList<>();
        Map<String, Path> present = files(folder);
        present.remove(ProvenanceStatement.FILE_NAME);
        subjects.forEach((name, sha256) -> {
            Path file = present.remove(name);
            String actual = file == null ? null : Fingerprint.sha256(file);
            if (file == null) {
                problems.add(new Problem(
                        folder.toString(),
                        "'" + name + "'",
                        null,
                        "is missing, but " + statement.getFileName() + " lists it"));
            } else if (!sha256.equals(actual)) {
                problems.add(new Problem(
                        file.toString(),
                        "SHA-256",
                        actual,
                        "is not the one in " + statement.getFileName() + ", " + sha256
                                + ": the file has changed since it was written"));
            }
        });
        present.values()
                .forEach(each -> problems.add(new Problem(
                        each.toString(),
                        null,
                        null,
                        "is not listed in " + statement.getFileName() + ": it was added later")));
        return problems;
    }

    /** Returns all files below a folder, by their names within it. */
    private static Map<String, Path> files(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            Map<String, Path> files = new TreeMap<>();
            tree.filter(Files::isRegularFile)
                    .forEach(file -> files.put(folder.relativize(file).toString(), file));
            return files;
        } catch (IOException e) {
            throw new BadInputException(folder, null, null, "cannot be listed: " + e.getMessage(), e);
        }
    }
}

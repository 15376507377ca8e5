package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An opened adapter of a run.
 *
 * @param given path or hub id, as the user named it
 */
public record OpenAdapter(String given, Adapter adapter) {

    /** Returns the name of the adapter's folder: the last part of its path or hub id. */
    String name() {
        Path path = Path.of(given);
        if (!Files.exists(path)) {
            return given.replaceFirst("@.*", "").replaceFirst(".*/", "");
        }
        Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().resolveSibling("");
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "adapter" : name.toString();
    }

    /** Whether a problem names a file of this adapter. */
    boolean isNamedIn(Problem problem) {
        String own = path().toString();
        return problem.file().equals(own) || problem.file().startsWith(own + File.separator);
    }

    /** Returns the adapter's folder, or its file. An output must not be inside it. */
    Path path() {
        return adapter.folder().orElse(adapter.location());
    }

    /**
     * Replaces each folder that contains adapters, but is not one itself, by these adapters. Skips hidden folders,
     * which a killed run may have left. Hub ids and everything else stay.
     */
    public static List<String> expanded(List<String> given) {
        return given.stream().flatMap(OpenAdapter::inside).toList();
    }

    private static Stream<String> inside(String given) {
        if (given.isBlank()
                || given.indexOf('\0') >= 0
                || !Files.isDirectory(Path.of(given))
                || Adapter.isAt(Path.of(given))) {
            return Stream.of(given);
        }
        List<String> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Path.of(given))) {
            entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(entry -> Files.isDirectory(entry) && Adapter.isAt(entry))
                    .map(Path::toString)
                    .sorted()
                    .forEach(found::add);
        } catch (IOException e) {
            // Opening it as an adapter will report what is wrong.
            return Stream.of(given);
        }
        return found.isEmpty() ? Stream.of(given) : found.stream();
    }
}

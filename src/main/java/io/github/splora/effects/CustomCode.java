package io.github.splora.effects;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Python files of a model that brings its own code ({@code auto_map} in its config), which transformers runs on request. */
final class CustomCode {

    private static final String CODE = ".py";
    private static final int DEPTH = 8;

    private CustomCode() {}

    /** Returns the files of the merged model's code, by their path in its folder, that differ from the aligned model's or that it lacks. */
    static List<String> changed(Checkpoint aligned, Checkpoint adapted) {
        boolean hasCode = adapted.config()
                .map(config -> !config.findValues("auto_map").isEmpty())
                .orElse(false);
        if (!hasCode) {
            return List.of();
        }
        Path own = folder(adapted);
        Path other = folder(aligned);
        try (Stream<Path> files = Files.walk(own, DEPTH)) {
            return files.filter(file -> file.getFileName().toString().endsWith(CODE))
                    .map(own::relativize)
                    .filter(file -> !isSame(own.resolve(file), other.resolve(file)))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInputException(own, null, null, "cannot be listed: " + e.getMessage(), e);
        }
    }

    private static Path folder(Checkpoint model) {
        Path location = model.location();
        return Files.isDirectory(location)
                ? location
                : location.toAbsolutePath().resolveSibling("");
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isRegularFile(one) && Files.isRegularFile(other) && Files.mismatch(one, other) < 0;
        } catch (IOException e) {
            return false;
        }
    }
}

package io.github.splora.cli;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files that a fleet reads and writes: none may be another one's, and repaired adapters may not be judged as uploads. */
final class FleetFiles {

    private final Map<Path, String> options = new HashMap<>();
    private @Nullable String wrong;

    /** @param repairs folder of repaired adapters; null if none are written */
    FleetFiles(Path adapters, @Nullable Path repairs) {
        options.put(absolute(adapters), "--adapters");
        if (repairs != null && absolute(repairs).startsWith(absolute(adapters))) {
            wrong = "--repair " + Printable.text(repairs.toString())
                    + ": lies in the folder of --adapters, where repaired adapters would be judged and repaired again";
        }
    }

    /**
     * Adds the file of an option.
     *
     * @param file null if the option is not given
     * @throws BadInputException if it is a folder
     */
    FleetFiles with(String option, @Nullable Path file) {
        if (file != null) {
            if (Files.isDirectory(file)) {
                throw new BadInputException(file, option, null, "a folder is in the way; name a file");
            }
            String other = options.putIfAbsent(absolute(file), option);
            if (other != null && !other.equals(option) && wrong == null) {
                wrong = option + " " + Printable.text(file.toString()) + ": " + other + " names the same file";
            }
        }
        return this;
    }

    /** Returns a sentence that says what is wrong; empty if nothing is. */
    Optional<String> contradiction() {
        return Optional.ofNullable(wrong);
    }

    private static Path absolute(Path file) {
        return file.toAbsolutePath().normalize();
    }
}

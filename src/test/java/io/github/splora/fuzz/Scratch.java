package io.github.splora.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that a fuzz target reuses, because creating one for each of thousands of inputs per second is slow. */
public final class Scratch {

    private final Path folder;

    public Scratch() {
        try {
            folder = Files.createTempDirectory("splora-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(this::delete));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path folder() {
        return folder;
    }

    /** Writes or replaces a file. */
    public Path put(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete() {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            // It is in the system's temporary folder, which is emptied eventually.
        }
    }
}

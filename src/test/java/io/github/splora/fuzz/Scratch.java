package io.github.splora.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that a fuzz target keeps, because making one for each of its thousands of inputs a second takes longer. */
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

    /** Writes a file, or replaces it. */
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
            // It lies in the system's temporary folder, which is emptied some time.
        }
    }
}

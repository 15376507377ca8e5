package io.github.splora.tensor.djl;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * Checks the engine's library as unpacked to the cache. The engine loads it unchecked, and a truncated file would crash
 * the process without a useful message, so splora checks it first.
 */
final class UnpackedLibrary {

    private static final String PROPERTIES = "native/lib/pytorch.properties";

    private UnpackedLibrary() {}

    /**
     * Describes what is wrong with the unpacked library, as a clause; empty if it is intact or was never unpacked, or
     * if the class path has no library to compare it with.
     */
    static Optional<String> problem(Path cache, ClassLoader classPath) throws IOException {
        Properties packed = properties(classPath);
        if (packed.isEmpty()) {
            return Optional.empty();
        }
        String flavor = packed.getProperty("flavor");
        String classifier = packed.getProperty("classifier");
        Path folder = cache.resolve(packed.getProperty("version") + "-" + flavor + "-" + classifier);
        if (Files.notExists(folder)) {
            return Optional.empty();
        }
        for (String name : packed.getProperty("libraries").split(",", -1)) {
            URL origin = classPath.getResource("pytorch/" + flavor + "/" + classifier + "/" + name);
            Optional<String> problem = origin == null ? Optional.empty() : problem(folder.resolve(name), size(origin));
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the flavor of the library on the class path, such as {@code cpu}; {@code none} if there is no library.
     */
    static String flavor(ClassLoader classPath) throws IOException {
        return properties(classPath).getProperty("flavor", "none");
    }

    private static Properties properties(ClassLoader classPath) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = classPath.getResourceAsStream(PROPERTIES)) {
            if (in != null) {
                properties.load(in);
            }
        }
        return properties;
    }

    private static Optional<String> problem(Path file, long expected) throws IOException {
        if (Files.notExists(file)) {
            return Optional.of(file + " is missing");
        }
        long size = Files.size(file);
        return size == expected
                ? Optional.empty()
                : Optional.of(file + " has " + size + " bytes instead of " + expected);
    }

    private static long size(URL packed) throws IOException {
        return packed.openConnection().getContentLengthLong();
    }
}

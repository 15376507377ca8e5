package io.github.splora.tensor.djl;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * The engine's library as it was unpacked to the cache. The engine takes what lies there without a look, and the process
 * ends, with no message of ours, when a part of it is cut off: so the look is ours.
 */
final class UnpackedLibrary {

    private static final String PROPERTIES = "native/lib/pytorch.properties";

    private UnpackedLibrary() {}

    /**
     * What is wrong with it, as half a sentence; none if nothing is, it was never unpacked, or the class path has no
     * library to compare it with.
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
        for (String name : packed.getProperty("libraries").split(",")) {
            URL origin = classPath.getResource("pytorch/" + flavor + "/" + classifier + "/" + name);
            Optional<String> problem = origin == null ? Optional.empty() : problem(folder.resolve(name), size(origin));
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    /** What the library on the class path is built for: {@code cpu}, {@code cu128}; {@code none} if there is none. */
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

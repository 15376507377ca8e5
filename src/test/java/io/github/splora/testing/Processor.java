package io.github.splora.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What the processor that tests run on can do. */
public final class Processor {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** Whether Java's vectors must work here: AVX2 and fused multiply-add as Linux lists them, and HotSpot's own compiler. */
    public static boolean mustHaveVectors() {
        return flags().containsAll(List.of("avx2", "fma"))
                && !System.getProperty("java.vm.version").contains("jvmci");
    }

    private static Set<String> flags() {
        try {
            return Files.exists(CPUINFO)
                    ? Files.readAllLines(CPUINFO).stream()
                            .filter(line -> line.startsWith("flags"))
                            .findFirst()
                            .map(line -> Set.of(line.substring(line.indexOf(':') + 1)
                                    .strip()
                                    .split(" ")))
                            .orElse(Set.of())
                    : Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** THIRD-PARTY.md lists exactly the libraries that a distribution contains. */
class ThirdPartyIT {

    @Test
    void listsEveryLibrary() throws Exception {
        List<String> listed = Files.readAllLines(Path.of("THIRD-PARTY.md")).stream()
                .filter(line -> line.matches("\\| [\\w.-]+:.*"))
                .map(line -> line.replaceFirst("\\| [\\w.-]+:([\\w-]+) .*", "$1"))
                .toList();
        try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", "")))
                    .containsExactlyInAnyOrderElementsOf(listed);
        }
    }
}

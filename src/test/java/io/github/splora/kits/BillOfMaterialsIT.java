package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.json.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials lists the libraries in a distribution, with their versions, and nothing that depends on the
 * time of the build.
 */
class BillOfMaterialsIT {

    private final JsonNode bill = StrictJson.readObject(Path.of("target/splora.cdx.json"));

    @Test
    void listsEveryLibraryOfTheDistribution() throws Exception {
        List<String> listed = new ArrayList<>();
        bill.path("components")
                .forEach(component -> listed.add(component.path("name").asText() + "-"
                        + component.path("version").asText()));
        try (Stream<Path> jars = Files.list(Path.of("target/lib"))) {
            for (Path jar : jars.toList()) {
                assertThat(listed)
                        .as(jar.toString())
                        .anyMatch(library -> jar.getFileName().toString().matches(library + "(-[a-z]+-\\w+)?\\.jar"));
            }
        }
    }

    @Test
    void isTheSameForEveryBuildOfACommit() {
        assertThat(bill.has("serialNumber")).isFalse();
        assertThat(bill.path("metadata").has("timestamp")).isFalse();
    }
}

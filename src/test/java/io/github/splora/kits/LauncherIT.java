package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.splora.backend.Backend;
import io.github.splora.testing.Processor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options that {@code bin/splora} passes to the virtual machine. */
class LauncherIT {

    @TempDir
    Path folder;

    @Test
    void vectorsAreEnabledSilently() throws Exception {
        JsonNode found = doctor(Map.of());

        assertThat(found.get("vectorBits").asInt()).isEqualTo(Backend.vectorBits());
        if (Processor.mustHaveVectors()) {
            assertThat(found.get("vectorBits").asInt()).isGreaterThanOrEqualTo(256);
        }
    }

    @Test
    void machinesThatCompileNoVectorsGetNone() throws Exception {
        assertThat(doctor(Map.of("JAVA_OPTS", "-XX:TieredStopAtLevel=1"))
                        .get("vectorBits")
                        .asInt())
                .isZero();
        assertThat(doctor(Map.of("JAVA_OPTS", "-XX:-UseFMA")).get("vectorBits").asInt())
                .isZero();
        assertThat(doctor(Map.of("JAVA_OPTS", "-Dsplora.vectors=false"))
                        .get("vectorBits")
                        .asInt())
                .isZero();
    }

    private JsonNode doctor(Map<String, String> more) throws Exception {
        Map<String, String> environment = Shell.environment();
        environment.remove("JAVA_OPTS");
        environment.putAll(more);
        Shell run = Shell.run(
                folder,
                environment,
                List.of(Shell.HOME.resolve("bin/splora").toString(), "doctor", "--format", "json"));
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        return new ObjectMapper().readTree(run.out());
    }
}

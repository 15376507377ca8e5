package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A statement of provenance lists every written file, and verify finds whatever has changed since. */
class ProvenanceTest {

    private static final Testdata MODEL = Testdata.LLAMA;

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void prune() {
        output = folder.resolve("out");
        Run run = Run.of("prune", MODEL, "--count", "2", "--output", output.toString(), "--provenance");
        assertThat(run.code()).as(run.err()).isZero();
    }

    private Run verify() {
        return Run.of("verify", output.toString(), "--provenance");
    }

    @Test
    void theStatementHashesInputsAndOutputs() throws IOException {
        JsonNode statement = StrictJson.readObject(output.resolve("splora-provenance.json"));
        assertThat(statement.path("_type").textValue()).isEqualTo("https://in-toto.io/Statement/v1");
        try (Stream<Path> files = Files.list(output)) {
            assertThat(statement.path("subject"))
                    .hasSize((int) files.filter(file -> !file.endsWith("splora-provenance.json"))
                            .count());
        }
        for (JsonNode subject : statement.path("subject")) {
            assertThat(subject.at("/digest/sha256").textValue())
                    .isEqualTo(Fingerprint.sha256(
                            output.resolve(subject.path("name").textValue())));
        }
        assertThat(statement.toString())
                .contains(Fingerprint.sha256(MODEL.adapter().resolve("adapter_model.safetensors")));
    }

    @Test
    void anUntouchedResultIsVerified() {
        Run run = verify();
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void aChangedFileIsFound() throws IOException {
        Path config = output.resolve("adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("\"r\"", " \"r\""));
        Run run = verify();
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains(config + ": SHA-256").contains("the file has changed since it was written");
    }

    @Test
    void aMissingAndAnAddedFileAreFound() throws IOException {
        Files.delete(output.resolve("README.md"));
        Files.writeString(output.resolve("extra.py"), "print()");
        Run run = verify();
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err())
                .contains("'README.md': is missing, but splora-provenance.json lists it")
                .contains("extra.py: is not listed in splora-provenance.json");
    }

    @Test
    void aResultWithoutAStatementIsNotVerified() throws IOException {
        Files.delete(output.resolve("splora-provenance.json"));
        Run run = verify();
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains("does not exist; 'prune --provenance' and 'repair --provenance' write it");
    }

    @Test
    void aStatementThatIsNoneIsNamed() throws IOException {
        Files.writeString(output.resolve("splora-provenance.json"), "{\"subject\": []}");
        Run run = verify();
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains("is not an in-toto statement");
    }
}

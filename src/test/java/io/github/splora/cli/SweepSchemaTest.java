package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The JSON that a sweep prints matches docs/sweep.schema.json. */
class SweepSchemaTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("sweep.schema.json");

    @Test
    void candidatesWithoutFiguresAreValid() {
        Run run = Run.of("sweep", Testdata.LLAMA, "--candidate", "--count {1,24,0}", "--format", "json");
        assertThat(SCHEMA.errors((ObjectNode) run.json())).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void judgedCandidatesAreValidAndDamagedOnesAreNot() {
        Run run = Run.of(
                "sweep",
                Testdata.LLAMA,
                "--candidate",
                "--count {1,24,0}",
                "--evaluate",
                "echo '{\"asr\": 0.5, \"utility\": 1}' # {adapter}",
                "--require",
                "asr<1",
                "--format",
                "json");
        ObjectNode document = (ObjectNode) run.json();
        assertThat(SCHEMA.errors(document)).isEmpty();
        ((ObjectNode) document.get("trials").get(1).get("figures")).put("asr", "0.5");
        assertThat(SCHEMA.errors(document)).isNotEmpty();
    }

    @Test
    void everyFieldIsInTheSchemaAndRequired() {
        SCHEMA.assertDescribes(SweepReport.class, "");
        SCHEMA.assertDescribes(Trial.class, "trial");
        SCHEMA.assertDescribes(Confirmation.class, "confirmation");
        SCHEMA.assertDescribes(Confirmation.Unmet.class, "unmet");
    }
}

package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.splora.json.StrictJson;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The JSON that a sweep prints matches docs/sweep.schema.json. */
class SweepSchemaTest {

    private static final ObjectNode DOCUMENT = StrictJson.readObject(Path.of("docs/sweep.schema.json"));
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(DOCUMENT);

    private static List<String> errors(ObjectNode document) {
        return SCHEMA.validate(document).stream().map(Error::toString).toList();
    }

    @Test
    void candidatesWithoutFiguresAreValid() {
        Run run = Run.of("sweep", Testdata.LLAMA, "--candidate", "--count {1,24,0}", "--format", "json");
        assertThat(errors((ObjectNode) run.json())).isEmpty();
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
        assertThat(errors(document)).isEmpty();
        ((ObjectNode) document.get("trials").get(1).get("figures")).put("asr", "0.5");
        assertThat(errors(document)).isNotEmpty();
    }

    @Test
    void everyFieldIsInTheSchemaAndRequired() {
        assertDescribed(SweepReport.class, DOCUMENT);
        assertDescribed(Trial.class, (ObjectNode) DOCUMENT.get("$defs").get("trial"));
    }

    private static void assertDescribed(Class<? extends Record> type, ObjectNode definition) {
        List<String> fields = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        assertThat(((ObjectNode) definition.get("properties")).properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(fields);
        assertThat(StrictJson.texts(definition.get("required"))).containsExactlyElementsOf(fields);
    }
}

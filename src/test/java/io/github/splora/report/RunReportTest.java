package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunReportTest {

    @TempDir
    Path folder;

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("report.json"), json);
    }

    @Test
    void aReportComesBackAsItWasWritten() throws IOException {
        RunReport report = Reports.of(Reports.PRUNED, Reports.KEPT, Reports.UNSCORED);
        assertThat(RunReport.read(file(report.toJson()))).isEqualTo(report);
    }

    @Test
    void aReportOfAnEarlierVersionNamesNoCommand() throws IOException {
        ObjectNode json = StrictJson.readObject(file(Reports.of(Reports.PRUNED).toJson()));
        json.remove("command");
        assertThat(RunReport.read(file(json.toString())).command()).isEmpty();
    }

    @Test
    void theDocumentHasTheFieldsOfTheContract() throws IOException {
        JsonNode json = StrictJson.readObject(file(Reports.of(Reports.PRUNED).toJson()));
        assertThat(json.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly(
                        "schemaVersion",
                        "tool",
                        "command",
                        "metric",
                        "parameters",
                        "inputs",
                        "engine",
                        "modules",
                        "effects",
                        "addedModules",
                        "summary",
                        "warnings",
                        "verdict",
                        "provenance",
                        "timing");
        assertThat(json.path("modules").path(0).properties())
                .extracting(Map.Entry::getKey)
                .containsExactly(
                        "name",
                        "block",
                        "type",
                        "shape",
                        "rank",
                        "scaling",
                        "score",
                        "distance",
                        "expectedDistance",
                        "spread",
                        "cosine",
                        "deltaNorm",
                        "referenceNorm",
                        "alignmentNorm",
                        "correctedRank",
                        "correctedNorm",
                        "unscored",
                        "decision",
                        "reason");
        assertThat(json.path("summary").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly(
                        "modules",
                        "scored",
                        "pruned",
                        "prunedFraction",
                        "maxScore",
                        "maxKeptScore",
                        "prunedDeltaShare",
                        "judgedShare",
                        "againstAlignment",
                        "meanCosine");
    }

    @Test
    void aModuleWithoutAScoreHasNullAndTheReason() throws IOException {
        JsonNode row = StrictJson.readObject(file(Reports.of(Reports.UNSCORED).toJson()))
                .path("modules")
                .path(0);
        assertThat(row.get("score").isNull()).isTrue();
        assertThat(row.get("block").isNull()).isTrue();
        assertThat(row.get("unscored").textValue()).isEqualTo("left-out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "0", "\"one\""})
    void anotherSchemaVersionIsRefused(String version) throws IOException {
        String json = Reports.of(Reports.PRUNED).toJson();
        Path file = file(json.replace("\"schemaVersion\": 1", "\"schemaVersion\": " + version));
        assertThatThrownBy(() -> RunReport.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        file
                                + ": schemaVersion " + version
                                + ": must be 1, the only version that this splora reads; run 'splora score --format json' again");
    }

    @Test
    void aDocumentWithoutASchemaVersionIsRefused() throws IOException {
        Path file = file("{\"modules\": []}");
        assertThatThrownBy(() -> RunReport.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ": is not a splora report; 'splora score --format json' writes one");
    }

    @Test
    void aRuleThatThereIsNotIsRefused() throws IOException {
        Path file = file(Reports.of("count", 1.5, false, Reports.PRUNED).toJson());
        assertThatThrownBy(() -> RunReport.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage(file + ": parameters.rule count: must be threshold, count, fraction, all or none,"
                        + " with a matching parameters.value");
    }

    @Test
    void aFieldOfTheWrongKindIsRefused() throws IOException {
        Path file = file("{\"schemaVersion\": 1, \"modules\": 7}");
        assertThatThrownBy(() -> RunReport.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ": not the expected document: ");
    }
}

package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.EffectRow;
import io.github.splora.report.HashedFile;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.Provenance;
import io.github.splora.report.RunReport;
import io.github.splora.report.Verdict;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.testing.TinyCalibration;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The reports that the program writes conform to docs/report.schema.json. */
class ReportSchemaTest {

    private static final ObjectNode DOCUMENT = StrictJson.readObject(Path.of("docs/report.schema.json"));
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(DOCUMENT);

    @TempDir
    Path folder;

    private static List<String> errors(JsonNode document) {
        return SCHEMA.validate(document).stream().map(Error::toString).toList();
    }

    private static JsonNode tree(RunReport report) {
        return StrictJson.toTree(report);
    }

    @ParameterizedTest
    @EnumSource(MetricKind.class)
    void aScoreIsValid(MetricKind metric) {
        assertThat(errors(tree(TinyRun.score(TinyRun.llama(TinyRun.ADAPTER, metric, Optional.empty())))))
                .isEmpty();
    }

    @Test
    void aScoreWithUnscoredModulesIsValid() {
        Path patterns = Path.of("testdata/tiny-llama-patterns/adapter");
        RunReport report = TinyRun.score(TinyRun.options(
                TinyRun.LLAMA,
                patterns,
                MetricKind.E_DIEM,
                List.of("v_proj"),
                Optional.of(new SelectionRule.Highest(2))));
        assertThat(report.modules()).extracting(ModuleRow::unscored).contains("left-out", "zero-delta");
        assertThat(errors(tree(report))).isEmpty();

        Path gpt2 = Path.of("testdata/tiny-gpt2");
        report = TinyRun.score(TinyRun.options(
                gpt2,
                gpt2.resolve("adapter"),
                MetricKind.E_DIEM,
                List.of(),
                Optional.of(new SelectionRule.Share(0.5))));
        assertThat(report.modules()).extracting(ModuleRow::unscored).contains("no-reference");
        assertThat(errors(tree(report))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ActionKind.class)
    void whatLiesBesideAPrunedAdapterIsValid(ActionKind action) throws IOException {
        Path output = folder.resolve("pruned");
        ScoreOptions options = TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty());
        if (action.needsRecordedInputs()) {
            options = options.withCalibration(
                    TinyCalibration.of(TinyRun.ADAPTER).write(folder.resolve("calibration.safetensors")));
        }
        TinyRun.prune(options, output, action);
        assertThat(errors(StrictJson.readObject(output.resolve(OutputFolder.REPORT_FILE))))
                .isEmpty();
    }

    @Test
    void aCommandMayBeThere() {
        ObjectNode report =
                (ObjectNode) tree(TinyRun.score(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty())));
        report.putArray("command").add("splora").add("score");
        assertThat(errors(report)).isEmpty();
        report.put("command", "splora score");
        assertThat(errors(report)).isNotEmpty();
    }

    static Stream<java.util.function.Consumer<ObjectNode>> damages() {
        return Stream.of(
                report -> report.put("schemaVersion", 2),
                report -> report.remove("summary"),
                report -> module(report).remove("score"),
                report -> module(report).putNull("score"),
                report -> module(report).put("score", "NaN"),
                report -> module(report).put("decision", "drop"),
                report -> module(report).put("unscored", "zero-delta"),
                report -> module(report).put("cosine", 1.5),
                report -> ((ObjectNode) report.get("parameters")).putNull("value"),
                report -> ((ObjectNode) report.get("inputs").get("adapter")).put("sha256", "abc"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedReportIsNot(java.util.function.Consumer<ObjectNode> damage) {
        ObjectNode report =
                (ObjectNode) tree(TinyRun.score(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty())));
        damage.accept(report);
        assertThat(errors(report)).isNotEmpty();
    }

    private static ObjectNode module(ObjectNode report) {
        return (ObjectNode) report.get("modules").get(0);
    }

    /** The schema allows unknown fields, so validation alone would not notice a field that the schema lacks. */
    @Test
    void everyFieldIsInTheSchemaAndEveryRequiredFieldIsAField() {
        assertDescribed(RunReport.class, DOCUMENT);
        JsonNode definitions = DOCUMENT.get("$defs");
        assertDescribed(RunReport.Tool.class, definitions.get("tool"));
        assertDescribed(RunReport.Parameters.class, definitions.get("parameters"));
        assertDescribed(RunReport.Inputs.class, definitions.get("inputs"));
        assertDescribed(RunReport.CheckpointInput.class, definitions.get("checkpoint"));
        assertDescribed(RunReport.AdapterInput.class, definitions.get("adapter"));
        assertDescribed(RunReport.Engine.class, definitions.get("engine"));
        assertDescribed(ModuleRow.class, definitions.get("module"));
        assertDescribed(RunReport.Summary.class, definitions.get("summary"));
        assertDescribed(Provenance.class, definitions.get("provenance"));
        assertDescribed(Provenance.Output.class, definitions.get("output"));
        assertDescribed(Provenance.ChoiceBySweep.class, definitions.get("choice"));
        assertDescribed(Provenance.HeldBack.class, definitions.get("heldBack"));
        assertDescribed(Provenance.Step.class, definitions.get("step"));
        assertDescribed(HashedFile.class, definitions.get("file"));
        assertDescribed(RunReport.Timing.class, definitions.get("timing"));
        assertDescribed(EffectRow.class, definitions.get("effect"));
        assertDescribed(Verdict.class, definitions.get("verdict"));
        assertDescribed(Verdict.Gate.class, definitions.get("gate"));
    }

    private static void assertDescribed(Class<? extends Record> type, JsonNode definition) {
        List<String> fields = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        List<String> described = new ArrayList<>();
        definition.get("properties").fieldNames().forEachRemaining(described::add);
        List<String> required = new ArrayList<>();
        definition.get("required").forEach(name -> required.add(name.textValue()));
        assertThat(described).as("described fields of %s", type).containsAll(fields);
        assertThat(fields).as("fields of %s", type).containsAll(required);
    }
}

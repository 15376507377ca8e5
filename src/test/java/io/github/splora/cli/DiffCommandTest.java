package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.diff.Diff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffCommandTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("diff.schema.json");
    private static final String ADAPTER = Testdata.LLAMA.adapter().toString();

    @TempDir
    Path folder;

    private ObjectNode diff(Object before, Object after) {
        Run run = Run.of("diff", before.toString(), after.toString(), "--format", "json");
        assertThat(run.err()).isEmpty();
        ObjectNode document = (ObjectNode) run.json();
        assertThat(SCHEMA.errors(document)).isEmpty();
        assertThat(run.code()).isEqualTo(document.get("same").booleanValue() ? 0 : 3);
        return document;
    }

    @Test
    void anAdapterDoesNotDifferFromItself() {
        Run run = Run.of("diff", ADAPTER, ADAPTER);
        assertThat(run.code()).isZero();
        assertThat(run.out()).endsWith("no difference\n");
        assertThat(diff(ADAPTER, ADAPTER).get("relativeChange").doubleValue()).isZero();
    }

    /** The share that prune itself reports is that of the removed modules' squared norm. */
    @Test
    void prunedModulesAreRemovedAndTheWholeChangeIsTheirShare() {
        Path out = folder.resolve("out");
        Run prune = Run.of("prune", Testdata.LLAMA, "--output", out.toString(), "--format", "json");
        double share = prune.json().at("/summary/prunedDeltaShare").doubleValue();
        ObjectNode diff = diff(ADAPTER, out);
        assertThat(diff.get("modules")).hasSize(6).allSatisfy(module -> assertThat(
                        module.get("change").textValue())
                .isEqualTo("removed"));
        assertThat(Math.pow(diff.get("relativeChange").doubleValue(), 2)).isCloseTo(share, within(1e-6));
        assertThat(diff.get("fields"))
                .extracting(field -> field.get("name").textValue())
                .containsExactly("exclude_modules");
        Run text = Run.of("diff", ADAPTER, out.toString());
        assertThat(text.code()).isEqualTo(3);
        assertThat(text.out())
                .contains("6 modules removed, 1 field changed; the whole delta changed by 40.3% of its norm");
    }

    /** alpha counts: twice the scaling is a difference of 100%. */
    @Test
    void aChangedAlphaChangesEveryDelta() throws IOException {
        Testdata changed = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("copy"))
                .withConfig("\"lora_alpha\": 16", "\"lora_alpha\": 32");
        ObjectNode diff = diff(ADAPTER, changed.adapter());
        assertThat(diff.get("modules")).hasSize(24).allSatisfy(module -> {
            assertThat(module.get("relativeChange").doubleValue()).isCloseTo(1, within(1e-12));
            assertThat(module.get("scalingAfter").doubleValue())
                    .isEqualTo(2 * module.get("scalingBefore").doubleValue());
        });
        assertThat(Run.of("diff", ADAPTER, changed.adapter().toString()).out())
                .contains("lora_alpha: 16 -> 32", "... 4 more; --all-rows shows them");
        assertThat(Run.of("diff", ADAPTER, changed.adapter().toString(), "--all-rows")
                        .out())
                .doesNotContain("more; --all-rows");
    }

    @Test
    void scaledModulesChangeByWhatWasTakenAway() {
        Path out = folder.resolve("out");
        Run.of("prune", Testdata.LLAMA, "--action", "scale", "--all", "--strength", "0.3", "--output", out.toString());
        assertThat(diff(ADAPTER, out).get("relativeChange").doubleValue()).isCloseTo(0.3, within(1e-6));
    }

    @Test
    void adaptersOfDifferentModelsDiffer() {
        ObjectNode diff = diff(ADAPTER, Testdata.GPT2.adapter());
        assertThat(diff.get("modules")).hasSize(30);
    }

    @Test
    void reportsAreComparedByScoresAndDecisions() throws IOException {
        Path old = Files.writeString(
                folder.resolve("old.json"),
                Run.of("score", Testdata.LLAMA, "--format", "json").out());
        Path same = Files.writeString(
                folder.resolve("same.json"),
                Run.of("score", Testdata.LLAMA, "--format", "json").out());
        Path now = Files.writeString(
                folder.resolve("now.json"),
                Run.of("score", Testdata.LLAMA, "--count", "7", "--format", "json")
                        .out());
        assertThat(diff(old, same).get("same").booleanValue()).isTrue();
        ObjectNode diff = diff(old, now);
        assertThat(diff.get("kind").textValue()).isEqualTo("reports");
        assertThat(diff.get("modules")).singleElement().satisfies(module -> {
            assertThat(module.get("decisionBefore").textValue()).isEqualTo("keep");
            assertThat(module.get("decisionAfter").textValue()).isEqualTo("prune");
        });
        assertThat(diff.get("fields"))
                .extracting(field -> field.get("name").textValue())
                .contains("parameters.rule", "summary.pruned");
    }

    @Test
    void anAdapterAndAReportCannotBeCompared() throws IOException {
        Path report = Files.writeString(
                folder.resolve("r.json"),
                Run.of("score", Testdata.LLAMA, "--format", "json").out());
        Run run = Run.of("diff", ADAPTER, report.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("holds no splora-report.json");
    }

    @Test
    void everyFieldIsInTheSchema() {
        SCHEMA.assertDescribes(Diff.class, "");
        SCHEMA.assertDescribes(Diff.Field.class, "field");
        SCHEMA.assertDescribes(Diff.ModuleChange.class, "module");
        SCHEMA.assertDescribes(Diff.TensorChange.class, "tensor");
        JsonNode damaged = diff(ADAPTER, ADAPTER).put("same", "yes");
        assertThat(SCHEMA.errors(damaged)).isNotEmpty();
    }
}

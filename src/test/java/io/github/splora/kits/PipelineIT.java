package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.splora.report.RunReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate of docs/ci.md, as {@code scripts/ci-gate.sh} and as the steps of {@code action.yml}: it fails a pipeline for
 * the adapter that erodes alignment, and passes the pruned one.
 */
class PipelineIT {

    /** A cosine does not depend on other modules, so the figure has the same meaning before and after pruning. */
    private static final String GATE = "max-score>0.15";

    @TempDir
    static Path shared;

    private static Path pruned;

    @TempDir
    Path folder;

    @BeforeAll
    static void prune() throws Exception {
        pruned = shared.resolve("pruned");
        Shell run = Shell.splora(
                shared,
                "prune",
                "--adapter",
                Shell.ADAPTER,
                "--output",
                pruned.toString(),
                "--metric",
                "cosine",
                "--threshold",
                "0.15");
        assertThat(run.code()).as(run.err()).isZero();
    }

    private Shell gate(String... more) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("sh", Shell.HOME.resolve("scripts/ci-gate.sh").toString()));
        words.addAll(Shell.MODELS);
        words.addAll(List.of("--metric", "cosine"));
        words.addAll(List.of(more));
        return Shell.run(folder, Shell.environment(), words);
    }

    @Test
    void theScriptStopsThePipelineOnTheBadAdapter() throws Exception {
        Shell run = gate("--adapter", Shell.ADAPTER, "--fail-on", GATE);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("splora: gate failed: max-score 0.209887 > 0.15 (model.layers.2.self_attn.q_proj, ");
        assertThat(RunReport.read(folder.resolve("splora-scores.json"))
                        .summary()
                        .modules())
                .isEqualTo(24);
        assertThat(folder.resolve("splora-scores.md"))
                .content()
                .startsWith("**Gate failed.**\n\n### splora: ")
                .contains("- **gate failed: max-score 0.209887 \\> 0.15 (");
    }

    @Test
    void theScriptLetsThePrunedAdapterThrough() throws Exception {
        Shell run = gate("--adapter", pruned.toString(), "--fail-on=" + GATE);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(RunReport.read(folder.resolve("splora-scores.json"))
                        .summary()
                        .maxScore())
                .isLessThan(0.15);
        assertThat(folder.resolve("splora-scores.md")).content().startsWith("**Gate passed.**\n\n### splora: ");
    }

    @Test
    void theScriptJudgesEachOfSeveralAdapters() throws Exception {
        Shell run = gate("--adapter", pruned.toString(), "--adapter", Shell.ADAPTER, "--fail-on", GATE);
        assertThat(run.code()).isEqualTo(3);
        assertThat(folder.resolve("splora-scores.md"))
                .content()
                .startsWith("**Gate failed.**\n\n## ")
                .contains("- gate passed: max-score", "- **gate failed: max-score 0.209887");
    }

    @Test
    void ifNothingCouldBeScoredThePipelineStopsAndNoOldReportIsLeft() throws Exception {
        Files.writeString(folder.resolve("splora-scores.json"), "old");
        Files.writeString(folder.resolve("splora-scores.md"), "old");
        assertThat(gate("--adapter", "/no/where", "--fail-on", GATE).code()).isEqualTo(4);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aGateWithoutAConditionIsRefused() throws Exception {
        Shell run = gate("--adapter", Shell.ADAPTER);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("ci-gate: no --fail-on given");
    }

    @Test
    void theActionStopsTheJobOnTheBadAdapter() throws Exception {
        Shell run = action(
                Shell.ADAPTER, "\n" + GATE + "\npruned-fraction>0.9\n", "--metric 'cosine' --threshold 0.15\n-q");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).startsWith("splora: gate failed: max-score 0.209887 > 0.15 (");
        assertThat(folder.resolve("summary"))
                .content()
                .startsWith("before\n**Gate failed.**\n\n### splora: 4 of 24 modules to prune");
        assertThat(RunReport.read(Path.of(output("json"))).summary().pruned()).isEqualTo(4);
    }

    @Test
    void theActionLetsThePrunedAdapterThrough() throws Exception {
        Shell run = action(pruned.toString(), GATE, "--metric cosine");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("summary")).content().contains("of 20 modules to prune");
        assertThat(output("json"))
                .isEqualTo(folder.resolve("splora-scores.json").toString());
    }

    @Test
    void noInputOfTheActionRunsAsAScript() throws Exception {
        Shell run = action("$(touch pwned); `touch pwned`; \"; touch pwned; \"", GATE, "--metric cosine");
        assertThat(run.code()).isEqualTo(4);
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void theActionUsesNoInputThatItDoesNotDeclareAndNoneInAScript() throws Exception {
        JsonNode action = actionFile();
        for (JsonNode step : action.get("runs").get("steps")) {
            assertThat(step.path("run").asText("")).doesNotContain("${{");
            step.path("env").forEach(value -> expand(value.textValue(), action, Map.of()));
        }
        assertThat(action.at("/outputs/json/value").textValue()).isEqualTo("${{ steps.gate.outputs.json }}");
    }

    /** Runs the {@code run} steps like GitHub's runner: each as a bash script, stopping at the first failure. */
    private Shell action(String adapter, String failOn, String args) throws Exception {
        Files.writeString(folder.resolve("summary"), "before\n");
        Map<String, String> inputs = Map.of(
                "base",
                Shell.MODELS.get(1),
                "aligned",
                Shell.MODELS.get(3),
                "adapter",
                adapter,
                "fail-on",
                failOn,
                "args",
                args);
        JsonNode action = actionFile();
        Shell last = null;
        for (JsonNode step : action.get("runs").get("steps")) {
            if (step.has("run") && (last == null || last.code() == 0)) {
                assertThat(step.get("shell").textValue()).isEqualTo("bash");
                Map<String, String> environment = Shell.environment();
                environment.putAll(Map.of(
                        "GITHUB_STEP_SUMMARY",
                        folder.resolve("summary").toString(),
                        "GITHUB_OUTPUT",
                        folder.resolve("output").toString(),
                        "RUNNER_TEMP",
                        folder.toString()));
                step.path("env")
                        .properties()
                        .forEach(variable -> environment.put(
                                variable.getKey(), expand(variable.getValue().textValue(), action, inputs)));
                Path script = Files.writeString(
                        folder.resolve("step.sh"), step.get("run").textValue());
                last = Shell.run(
                        folder,
                        environment,
                        List.of("bash", "--noprofile", "--norc", "-eo", "pipefail", script.toString()));
            }
        }
        return last;
    }

    private static JsonNode actionFile() throws Exception {
        return new YAMLMapper().readTree(Path.of("action.yml").toFile());
    }

    private static String expand(String value, JsonNode action, Map<String, String> inputs) {
        if (value.equals("${{ github.action_path }}")) {
            return Shell.HOME.toString();
        }
        String input = value.replaceFirst("^\\$\\{\\{ inputs\\.(.+) }}$", "$1");
        assertThat(action.get("inputs").has(input)).as(value).isTrue();
        return inputs.getOrDefault(input, "");
    }

    private String output(String name) throws Exception {
        return Files.readAllLines(folder.resolve("output")).stream()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 1);
    }
}

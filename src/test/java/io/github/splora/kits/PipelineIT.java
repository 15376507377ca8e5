package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
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
            for (JsonNode value : step.path("env")) {
                expand(value.textValue(), action, Map.of());
            }
        }
        assertThat(action.at("/outputs/json/value").textValue()).isEqualTo("${{ steps.gate.outputs.json }}");
    }

    @Test
    void theActionUsesTheBundleOfAReleaseWithTheRightChecksumOnly() throws Exception {
        Path archive = release("9.9.9");
        Shell run = action(pruned.toString(), GATE, "--metric cosine", Map.of("version", "9.9.9"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("bundle-was-used")).exists();
        assertThat(output("program"))
                .isEqualTo(folder.resolve("splora/bin/splora").toString());

        Files.delete(folder.resolve("output"));
        Files.delete(folder.resolve("bundle-was-used"));
        Files.writeString(archive, "more", StandardOpenOption.APPEND);
        Shell damaged = action(pruned.toString(), GATE, "--metric cosine", Map.of("version", "9.9.9"));
        assertThat(damaged.code()).isEqualTo(4);
        assertThat(damaged.err()).contains("has the SHA-256 ", "download it again");
        assertThat(folder.resolve("bundle-was-used")).doesNotExist();
        assertThat(folder.resolve("output")).doesNotExist();
    }

    @Test
    void theActionRefusesAVersionThatIsNone() throws Exception {
        Shell run = action(pruned.toString(), GATE, "", Map.of("version", "../../$(touch pwned)"));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).startsWith("::error::input version must be the number of a release");
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    /** Packs what the installer looks for, with a launcher that leaves a trace and then starts this build. */
    private Path release(String version) throws Exception {
        String name = "splora-" + version + "-linux-x64";
        Path bundle = folder.resolve("made").resolve(name);
        for (String file : List.of("bin/splora", "lib/splora.jar", "runtime/bin/java", "docs/man/splora.1")) {
            Files.createDirectories(bundle.resolve(file).getParent());
            Files.writeString(
                    bundle.resolve(file),
                    "#!/bin/sh\ntouch '" + folder + "/bundle-was-used'\nexec '" + Shell.HOME + "/bin/splora' \"$@\"\n");
            assertThat(bundle.resolve(file).toFile().setExecutable(true)).isTrue();
        }
        Path release = Files.createDirectories(folder.resolve("releases/v" + version));
        String pack = "tar -czf " + name + ".tar.gz -C '" + bundle.getParent() + "' " + name + " && " + "{ sha256sum "
                + name + ".tar.gz || shasum -a 256 " + name + ".tar.gz; } > " + name + ".tar.gz.sha256";
        Shell packed = Shell.run(release, Shell.environment(), List.of("sh", "-c", pack));
        assertThat(packed.code()).as(packed.err()).isZero();
        return release.resolve(name + ".tar.gz");
    }

    private Shell action(String adapter, String failOn, String args) throws Exception {
        return action(adapter, failOn, args, Map.of());
    }

    /** Runs the {@code run} steps like GitHub's runner: each as a bash script, stopping at the first failure. */
    private Shell action(String adapter, String failOn, String args, Map<String, String> more) throws Exception {
        Files.writeString(folder.resolve("summary"), "before\n");
        Map<String, String> inputs = new HashMap<>(more);
        inputs.put("base", Shell.MODELS.get(1));
        inputs.put("aligned", Shell.MODELS.get(3));
        inputs.put("adapter", adapter);
        inputs.put("fail-on", failOn);
        inputs.put("args", args);
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
                        folder.toString(),
                        "RUNNER_OS",
                        "Linux",
                        "RUNNER_ARCH",
                        "X64",
                        "SPLORA_RELEASES",
                        "file://" + folder.resolve("releases")));
                for (Map.Entry<String, JsonNode> variable : step.path("env").properties()) {
                    environment.put(
                            variable.getKey(), expand(variable.getValue().textValue(), action, inputs));
                }
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

    private String expand(String value, JsonNode action, Map<String, String> inputs) throws IOException {
        if (value.equals("${{ github.action_path }}")) {
            return Shell.HOME.toString();
        }
        if (value.equals("${{ github.action_ref }}")) {
            return "main";
        }
        if (value.equals("${{ steps.bundle.outputs.program }}")) {
            return Files.exists(folder.resolve("output")) ? output("program") : "";
        }
        String input = value.replaceFirst("^\\$\\{\\{ inputs\\.(.+) }}$", "$1");
        assertThat(action.get("inputs").has(input)).as(value).isTrue();
        return inputs.getOrDefault(input, "");
    }

    private String output(String name) throws IOException {
        return Files.readAllLines(folder.resolve("output")).stream()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 1);
    }
}

package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.json.StrictJson;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code auto} becomes for each kind of adapter. LLAMA's adapter has modules on attention layers only, PATTERNS' has others. */
class RepairDefaultsTest {

    private static final String BLOCK = "model.layers.0.";

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("repaired");
    }

    private Run repair(Testdata model, String... more) {
        return Run.to(output, "repair", model, more);
    }

    private Map<String, ByteBuffer> repaired(Testdata model, String... more) {
        output = folder.resolve("explicit");
        Run run = repair(model, Run.join(more, "--force"));
        assertThat(run.code()).as(run.err()).isZero();
        return Testdata.tensorsIn(output);
    }

    private static void assertSettled(Run run, double exponent, String modules, int added) {
        assertThat(run.code()).as(run.err()).isZero();
        RunReport.Parameters parameters = run.report().parameters();
        assertThat(parameters.strength()).isEqualTo(0.8);
        assertThat(parameters.gain()).isGreaterThan(1);
        assertThat(parameters.gainExponent()).isEqualTo(exponent);
        assertThat(parameters.restore()).isEqualTo(0.3);
        assertThat(parameters.restoreModules()).isEqualTo(modules);
        assertThat(run.report().addedModules()).hasSize(added);
    }

    @Test
    void attentionAdaptersGetAHighExponentAndTheLinearLayersAreRestored() throws IOException {
        Run run = repair(Testdata.LLAMA);
        assertSettled(run, 2.5, "linear", 18);
        assertThat(Files.readString(output.resolve(ModelCard.FILE_NAME)))
                .contains("gain exponent 2.5", "restore 0.3, restore rank 16, restore modules linear");
        assertThat(Testdata.tensorsIn(output))
                .isEqualTo(repaired(
                        Testdata.LLAMA,
                        "--strength",
                        "0.8",
                        "--gain-exponent",
                        "2.5",
                        "--restore",
                        "0.3",
                        "--restore-modules",
                        "linear"));
    }

    @Test
    void adaptersOfOtherLayersGetALowerExponentAndOnlyTheirModulesAreRestored() {
        Run run = repair(Testdata.PATTERNS);
        assertSettled(run, 2, "adapter", 0);
        assertThat(run.err()).doesNotContain("linear layers");
        assertThat(Testdata.tensorsIn(output))
                .isEqualTo(repaired(
                        Testdata.PATTERNS,
                        "--strength",
                        "0.8",
                        "--gain-exponent",
                        "2",
                        "--restore",
                        "0.3",
                        "--restore-modules",
                        "adapter"));
    }

    @ParameterizedTest
    @CsvSource({"llama, auto, linear", "llama, 1.25, adapter", "patterns, auto, adapter", "patterns, 2, linear"})
    void theExpandedCommandGivesTheSameBytes(Testdata model, String exponent, String modules) throws IOException {
        Run run = exponent.equals("auto")
                ? repair(model)
                : repair(model, "--gain-exponent", exponent, "--restore-modules", modules);
        List<String> command = new ArrayList<>(RunReport.read(output.resolve("splora-report.json"))
                .provenance()
                .expandedCommand());
        assertThat(command).containsSubsequence("--restore-modules", modules);
        assertThat(command.get(command.indexOf("--gain-exponent") + 1))
                .isEqualTo(String.valueOf(run.report().parameters().gainExponent()));
        Path again = folder.resolve("again");
        command.set(command.indexOf("--output") + 1, again.toString());
        assertThat(Run.of(command.toArray(String[]::new)).code()).isZero();
        assertThat(Testdata.tensorsIn(again)).isEqualTo(Testdata.tensorsIn(output));
        assertThat(again.resolve("adapter_config.json")).hasSameBinaryContentAs(output.resolve("adapter_config.json"));
    }

    @Test
    void givenValuesWin() {
        Run run = repair(Testdata.LLAMA, "--gain-exponent", "1.5", "--restore-modules", "adapter");
        assertSettled(run, 1.5, "adapter", 0);
        output = folder.resolve("other");
        assertSettled(repair(Testdata.PATTERNS, "--gain-exponent", "3", "--restore-modules", "auto"), 3, "adapter", 0);
    }

    @Test
    void withoutRestoringNoLayerIsAdded() throws IOException {
        Run run = repair(Testdata.LLAMA, "--restore", "0", "--restore-modules", "auto");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).doesNotContain("warning");
        assertThat(run.report().parameters().restoreModules()).isEqualTo("adapter");
        assertThat(StrictJson.readObject(output.resolve("adapter_config.json"))
                        .get("r")
                        .intValue())
                .isEqualTo(8);
    }

    @Test
    void onlyLayersAroundSelectedModulesAreAdded() {
        Run run = Run.of(
                "prune",
                Testdata.LLAMA,
                "--action",
                "repair",
                "--count",
                "1",
                "--output",
                output.toString(),
                "--format",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        String block = run.pruned().get(0).replaceFirst("self_attn.*", "mlp.");
        assertThat(run.report().addedModules())
                .containsExactlyInAnyOrder(block + "down_proj", block + "gate_proj", block + "up_proj");
    }

    @Test
    void layersThatPatternsLeaveOutAreNotMissed() {
        Run run = repair(Testdata.LLAMA, "--include", "q_proj");
        assertSettled(run, 2.5, "adapter", 0);
        assertThat(run.err()).doesNotContain("linear layers");
    }

    @Test
    void severalAdaptersAreSettledEachByItself() throws IOException {
        Path other = Testdata.PATTERNS
                .withAdapterCopiedTo(folder.resolve("patterns"))
                .adapter();
        Run run = Run.of(
                "repair", Testdata.LLAMA, "--adapter", other.toString(), "--output", output.toString(), "--quiet");
        assertThat(run.code()).as(run.err()).isZero();
        for (Path each : List.of(Testdata.LLAMA.adapter(), other)) {
            Path together = output.resolve(each.getFileName());
            RunReport.Parameters parameters =
                    RunReport.read(together.resolve("splora-report.json")).parameters();
            boolean isOther = each.equals(other);
            assertThat(parameters.gainExponent()).isEqualTo(isOther ? 2 : 2.5);
            assertThat(parameters.restoreModules()).isEqualTo(isOther ? "adapter" : "linear");
            Path alone = folder.resolve("alone" + isOther);
            Run.of("repair", Testdata.LLAMA.withAdapter(each), "--output", alone.toString(), "--quiet");
            assertThat(Testdata.tensorsIn(together)).isEqualTo(Testdata.tensorsIn(alone));
        }
    }

    /** A model of one block, whose MLP layer has an odd number of ranks to restore. */
    private Testdata tiny(boolean isMlpInBase, boolean isMlpAligned, String initialization) {
        TinyCheckpoint base = new TinyCheckpoint().seed(1).random(BLOCK + "self_attn.q_proj.weight", 8, 8);
        if (isMlpInBase) {
            base.seed(isMlpAligned ? 1 : 2).random(BLOCK + "mlp.up_proj.weight", 8, 8);
        }
        TinyCheckpoint aligned = new TinyCheckpoint()
                .seed(2)
                .random(BLOCK + "self_attn.q_proj.weight", 8, 8)
                .random(BLOCK + "mlp.up_proj.weight", 8, 8);
        TinyAdapter adapter = new TinyAdapter()
                .config("r", "3")
                .config("target_modules", "[\"q_proj\"]")
                .config("init_lora_weights", initialization)
                .module(BLOCK + "self_attn.q_proj", 8, 8);
        return new Testdata(
                base.writeTo(folder.resolve("base")),
                aligned.writeTo(folder.resolve("aligned")),
                adapter.writeTo(folder.resolve("adapter")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true  | true  | true           | ",
                "true  | true  | \"orthogonal\" | 0 + 3 is odd",
                "false | true  | true           | mlp.up_proj",
                "true  | false | true           | there are none that alignment changed",
            })
    void whereLinearLayersCannotBeRestoredTheyAreLeftAloneAndAWarningSaysWhy(
            boolean isMlpInBase, boolean isMlpAligned, String initialization, String reason) {
        Testdata model = tiny(isMlpInBase, isMlpAligned, initialization);
        Run run = repair(model, "--restore-rank", "3");
        assertSettled(run, 2.5, reason == null ? "linear" : "adapter", reason == null ? 1 : 0);
        Map<String, ByteBuffer> byDefault = Testdata.tensorsIn(output);
        if (reason == null) {
            assertThat(run.err()).doesNotContain("linear layers");
            return;
        }
        assertThat(run.report().warnings())
                .filteredOn(warning -> warning.contains("linear layers"))
                .singleElement()
                .asString()
                .startsWith("linear layers around the adapter's modules were not restored: ")
                .contains(reason);
        assertThat(repaired(model, "--restore-rank", "3", "--restore-modules", "adapter"))
                .isEqualTo(byDefault);
        output = folder.resolve("linear");
        Run refused = repair(model, "--restore-rank", "3", "--restore-modules", "linear");
        if (isMlpAligned) {
            assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(refused.err()).contains(reason);
        }

        Run sweep = sweep(model, "--action repair --all --restore-rank 3");
        assertThat(sweep.code()).as(sweep.err()).isZero();
        assertThat(sweep.err()).containsOnlyOnce("were not restored: ").contains(reason);
        assertThat(Testdata.tensorsIn(folder.resolve("kept/1"))).isEqualTo(byDefault);
    }

    private Run sweep(Testdata model, String candidate, String... more) {
        return Run.of(
                "sweep",
                model,
                Run.join(
                        more,
                        "--candidate",
                        candidate,
                        "--keep",
                        folder.resolve("kept").toString()));
    }

    @ParameterizedTest
    @CsvSource({"llama, 2.5, linear", "patterns, 2, adapter"})
    void candidatesOfASweepAreSettledToo(Testdata model, String exponent, String modules) {
        Run run = sweep(
                model,
                "--action repair --all",
                "--candidate",
                "--action repair --all --gain-exponent " + exponent + " --restore-modules " + modules,
                "--evaluate",
                "echo '{\"asr\": 0, \"utility\": 1}' # {adapter}",
                "--format",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("trials").get(2).get("sameAs").intValue()).isEqualTo(1);
        repair(model);
        assertThat(Testdata.tensorsIn(folder.resolve("kept/1"))).isEqualTo(Testdata.tensorsIn(output));
    }

    @ParameterizedTest
    @CsvSource({
        "llama, --candidate, --action repair --all",
        "patterns, --candidate, --action repair --all",
        "llama, --search, --action repair --count 2"
    })
    void theBestRepairOfASweepIsWhatAPruneWithItsOptionsWrites(Testdata model, String option, String candidate)
            throws IOException {
        long unchanged = Files.size(model.adapter().resolve("adapter_model.safetensors"));
        Path best = folder.resolve("best");
        Run run = Run.of(
                "sweep",
                model,
                option,
                candidate,
                "--evaluate",
                "test $(wc -c < {adapter}/adapter_model.safetensors) -gt " + unchanged
                        + " && echo '{\"asr\": 0, \"utility\": 1}' || echo '{\"asr\": 1, \"utility\": 1}'",
                "--require",
                "asr<0.5",
                "--output",
                best.toString(),
                "--format",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode winner = run.json().get("trials").get(run.json().get("winner").intValue());
        Run made =
                Run.to(output, "prune", model, winner.get("options").textValue().split(" "));
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(Testdata.tensorsIn(best)).isEqualTo(Testdata.tensorsIn(output));
        RunReport.Parameters parameters =
                RunReport.read(best.resolve("splora-report.json")).parameters();
        assertThat(parameters.gain()).isEqualTo(made.report().parameters().gain());
        assertThat(parameters.gainExponent())
                .isEqualTo(made.report().parameters().gainExponent());
    }

    @Test
    void whatASearchFindsCanBeMadeAgain() {
        Run run = Run.of(
                "sweep",
                Testdata.LLAMA,
                "--search",
                "--action repair --count 2",
                "--search-evaluations",
                "4",
                "--keep",
                folder.resolve("kept").toString(),
                "--evaluate",
                "echo '{\"asr\": 0, \"utility\": 1}' # {adapter}",
                "--format",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        String options = run.json().get("trials").get(2).get("options").textValue();
        assertThat(options).contains("--restore-modules linear", "mlp.up_proj");
        Run made =
                Run.of("prune", Testdata.LLAMA, Run.join(options.split(" "), "--output", output.toString(), "--quiet"));
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(Testdata.tensorsIn(output)).isEqualTo(Testdata.tensorsIn(folder.resolve("kept/2")));
    }

    @ParameterizedTest
    @CsvSource({"--gain-exponent, x, must be auto or a number from 0 to 10", "--restore-modules, all, must be auto"})
    void whatIsNoValueIsWrongUsage(String option, String value, String message) {
        Run run = repair(Testdata.LLAMA, option, value);
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
    }
}

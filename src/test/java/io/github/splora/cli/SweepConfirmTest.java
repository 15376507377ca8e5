package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.Provenance;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code splora sweep --confirm}: the best candidate must also do well on prompts that it was not selected on. */
@DisabledOnOs(OS.WINDOWS)
class SweepConfirmTest {

    private static final String MODULES = "$(grep -ao 'lora_A' {adapter}/adapter_model.safetensors | wc -l)";

    /** Harm is the share of the adapter's 24 modules that are left, and usefulness is 1. */
    private static final String EVALUATE =
            "printf '{\"asr\": %s, \"utility\": 1}' $(awk \"BEGIN {print " + MODULES + " / 24}\")";

    @TempDir
    Path folder;

    private Path output() {
        return folder.resolve("best");
    }

    /** Prints figures that depend on whether the adapter is unchanged. */
    private static String confirm(String best, String unchanged) {
        return "test " + MODULES + " -lt 24 && echo '" + best + "' || echo '" + unchanged + "'";
    }

    private static String figures(double asr, double utility) {
        return "{\"asr\": " + asr + ", \"utility\": " + utility + "}";
    }

    private Run sweep(String confirm, String... more) {
        return Run.of(
                "sweep",
                Testdata.LLAMA,
                Run.join(
                        more,
                        "--candidate",
                        "--count {6,12}",
                        "--evaluate",
                        EVALUATE,
                        "--confirm",
                        confirm,
                        "--output",
                        output().toString(),
                        "--format",
                        "json"));
    }

    @Test
    void aCandidateThatKeepsEveryConditionIsWrittenWithBothSetsOfFigures() {
        Run run = sweep(confirm(figures(0.55, 0.8), figures(0.9, 0.82)), "--require", "asr<0.6");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("winner").intValue()).isEqualTo(2);
        JsonNode confirmation = run.json().get("confirmation");
        assertThat(confirmation.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("command", "figures", "unchanged", "seconds", "unmet");
        assertThat(confirmation.get("figures").get("asr").doubleValue()).isEqualTo(0.55);
        assertThat(confirmation.get("unchanged").get("asr").doubleValue()).isEqualTo(0.9);
        assertThat(confirmation.get("unmet")).isEmpty();
        assertThat(run.json().get("evaluations").intValue()).isEqualTo(3);
        assertThat(run.errors())
                .anySatisfy(line -> assertThat(line)
                        .matches("splora: held back: asr 0\\.5500, utility 0\\.8000 \\([0-9.]+ s\\)  --count 12"))
                .anySatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "splora: held back: asr 0\\.9000, utility 0\\.8200 \\([0-9.]+ s\\)  the unchanged adapter"))
                .contains("splora: wrote " + output());

        Provenance provenance =
                RunReport.read(output().resolve(OutputFolder.REPORT_FILE)).provenance();
        Provenance.ChoiceBySweep choice =
                Objects.requireNonNull(Objects.requireNonNull(provenance).evaluation());
        assertThat(choice.figures()).containsEntry("asr", 0.5);
        assertThat(Objects.requireNonNull(choice.heldBack()).figures()).isEqualTo(Map.of("asr", 0.55, "utility", 0.8));
        assertThat(choice.heldBack().unchanged()).isEqualTo(Map.of("asr", 0.9, "utility", 0.82));
        assertThat(output().resolve("README.md"))
                .content()
                .contains("on held-back prompts: asr 0.5500 (unchanged adapter: 0.9000)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--require asr<0.6          | 0.7 | 0.8 | asr<0.6 does not hold on held-back prompts, where asr is 0.7000 (unchanged adapter: 0.9000); on the prompts of the selection, it was 0.5000 (unchanged adapter: 1.0000)",
                "--max-utility-loss 0.05    | 0.5 | 0.7 | --max-utility-loss 0.05 does not hold on held-back prompts, where utility is 0.7000 (unchanged adapter: 0.8200); on the prompts of the selection, it was 1.0000",
                "--max-utility-loss 0.05    | 0.95 | 0.82 | asr<=asr of the unchanged adapter does not hold on held-back prompts, where asr is 0.9500",
            })
    void aCandidateThatFailsAConditionOnHeldBackPromptsIsNotWritten(
            String options, double asr, double utility, String message) {
        Run run = sweep(confirm(figures(asr, utility), figures(0.9, 0.82)), Run.join(options.split(" "), "-q"));
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.err())
                .contains("did not write " + output() + ": the best candidate, 2 (--count 12)")
                .contains(message)
                .contains("confirm on prompts that no sweep has used");
        assertThat(run.json().get("confirmation").get("unmet")).hasSize(1);
        assertThat(output()).doesNotExist();
    }

    @Test
    void theSecondBestDoesNotTakeThePlaceOfOneThatFails() throws IOException {
        Path log = folder.resolve("log");
        // Candidate 1 has 18 modules left, and meets the condition on both sets of prompts.
        String confirm = "echo x >> " + log + "; "
                + confirm(figures(0.9, 1), figures(0.1, 1)).replace("-lt 24", "-lt 18");
        Run run = sweep(confirm, "--require", "asr<0.8");
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.json().get("trials").get(1).get("meetsRequirements").booleanValue())
                .isTrue();
        assertThat(log).content().hasLineCount(2);
        assertThat(output()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo broken >&2; exit 7 # {adapter} | for the best candidate, 2 (--count 12), the command ended with exit code 7: broken",
                "echo fine # {adapter}               | did not print a JSON object with its figures",
                "echo '{\"asr\": 0.1}' # {adapter}   | did not print [utility], only [asr]",
                "sleep 30 # {adapter}                | was stopped at the time limit of 1 second",
            })
    void aCommandThatFailsConfirmsNothing(String confirm, String message) {
        Run run = sweep(confirm, "--require", "asr<0.6", "--time-limit", "1");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("--confirm", message, "not confirmed and not written");
        assertThat(run.out()).isEmpty();
        assertThat(output()).doesNotExist();
    }

    @Test
    void aCommandThatFailsForTheUnchangedAdapterConfirmsNothing() {
        Run run = sweep(confirm(figures(0.1, 1), "none"), "--require", "asr<0.6");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("for the unchanged adapter, the command did not print a JSON object");
        assertThat(output()).doesNotExist();
    }

    @Test
    void theUnchangedAdapterIsEvaluatedOnceIfItIsTheBest() throws IOException {
        Path log = folder.resolve("log");
        String confirm = "echo x >> " + log + "; echo '" + figures(0.4, 0.9) + "' # {adapter}";
        Run run = Run.of(
                "sweep",
                Testdata.LLAMA,
                "--candidate",
                "--count 6",
                "--evaluate",
                "echo '" + figures(0.3, 0.9) + "' # {adapter}",
                "--confirm",
                confirm,
                "--require",
                "asr<0.35",
                "--output",
                output().toString(),
                "--format",
                "json");
        assertThat(run.json().get("winner").intValue()).isZero();
        assertThat(log).content().hasLineCount(1);
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.err()).contains("0 (the unchanged adapter), is not confirmed");
        assertThat(output()).doesNotExist();
    }

    @Test
    void withoutABestCandidateThereIsNothingToConfirm() {
        Path log = folder.resolve("log");
        Run run = sweep("echo x >> " + log + " # {adapter}", "--require", "asr<0.01");
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.json().get("confirmation").isNull()).isTrue();
        assertThat(log).doesNotExist();
    }

    @Test
    void aResumedSweepReusesWhatWasConfirmedAndRepeatsWhatFailed() throws IOException {
        Path log = folder.resolve("log");
        Path script = folder.resolve("confirm.sh");
        Files.writeString(script, "echo x >> " + log + "; echo '{\"asr\": 0.1}'");
        String[] options = {
            "--require", "asr<0.6", "--trials", folder.resolve("trials.jsonl").toString()
        };
        String confirm = "sh " + script + " {adapter}";
        Run failed = sweep(confirm, options);
        assertThat(failed.err()).contains("sweep again, with --resume");

        Files.writeString(script, "echo x >> " + log + "; echo '" + figures(0.1, 1) + "'");
        Run resumed = sweep(confirm, Run.join(options, "--resume"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(log).content().hasLineCount(3);
        Run again = sweep(confirm, Run.join(options, "--resume", "--force"));
        assertThat(again.json().get("confirmation")).isEqualTo(resumed.json().get("confirmation"));
        assertThat(log).content().hasLineCount(3);
    }

    @Test
    void everyFormatShowsTheFiguresOnHeldBackPrompts() throws IOException {
        Run run = sweep(confirm(figures(0.7, 0.8), figures(0.9, 0.82)), "--require", "asr<0.6");
        assertThat(JsonSchema.of("sweep.schema.json").errors(run.json())).isEmpty();
        Path saved = Files.writeString(folder.resolve("sweep.json"), run.out());
        assertThat(Run.of("show", saved.toString()).out())
                .contains(
                        "best: 2 (--count 12), not confirmed\n",
                        "on held-back prompts: asr 0.7000 (unchanged adapter: 0.9000), utility 0.8000 (unchanged"
                                + " adapter: 0.8200); not met: asr<0.6\n");
        assertThat(Run.of("show", saved.toString(), "--format", "markdown").out())
                .contains("on held-back prompts: asr 0.7000");
        assertThat(Run.of("show", saved.toString(), "--format", "csv").out().lines())
                .containsExactly(
                        "number,mark,modules,asr,utility,options,note,held_back_asr,held_back_utility",
                        "0,,0,1.0,1.0,(the unchanged adapter),,0.9,0.82",
                        "1,,6,0.75,1.0,'--count 6,,,",
                        "2,!,12,0.5,1.0,'--count 12,,0.7,0.8");
        Path page = folder.resolve("sweep.html");
        Run.of("show", saved.toString(), "--report", page.toString());
        assertThat(page)
                .content()
                .contains(
                        "Held-back prompts",
                        "<td>best candidate, 2</td><td>held back</td><td class=\"figure\">0.7000</td>",
                        "<td>unchanged adapter</td><td>held back</td><td class=\"figure\">0.9000</td>",
                        "The best candidate, 2 (--count 12), is not confirmed: asr&lt;0.6 does not hold")
                .doesNotContain("evaluate it on prompts that were not used");
    }

    @Test
    void withoutConditionsTheFiguresAreOnlyShown() throws IOException {
        Run run = Run.of(
                "sweep",
                Testdata.LLAMA,
                "--candidate",
                "--count 12",
                "--evaluate",
                EVALUATE,
                "--confirm",
                confirm(figures(1, 0.1), figures(0.9, 0.82)),
                "--format",
                "json");
        assertThat(run.code()).isZero();
        Path saved = Files.writeString(folder.resolve("sweep.json"), run.out());
        assertThat(Run.of("show", saved.toString()).out())
                .contains("best: 1 (--count 12)\non held-back prompts: asr 1.0000");
    }

    @Test
    void reportsFromBeforeThereWereHeldBackPromptsCanBeRead() throws IOException {
        Run run = sweep(confirm(figures(0.55, 0.8), figures(0.9, 0.82)), "--require", "asr<0.6");
        ObjectNode sweep = (ObjectNode) run.json();
        sweep.remove("confirmation");
        Path saved = Files.writeString(folder.resolve("sweep.json"), StrictJson.write(sweep));
        assertThat(Run.of("show", saved.toString()).out()).endsWith("best: 2 (--count 12)\n");

        Path file = output().resolve(OutputFolder.REPORT_FILE);
        ObjectNode report = StrictJson.readObject(file);
        ((ObjectNode) report.at("/provenance/evaluation")).remove("heldBack");
        Files.writeString(file, StrictJson.write(report));
        Run shown = Run.of("show", output().toString(), "--format", "markdown");
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains("candidate 2 of 2 of a sweep").doesNotContain("held-back");
    }

    @Test
    void aSavedSweepWithADamagedConfirmationIsRefused() throws IOException {
        Run run = sweep(confirm(figures(0.7, 0.8), figures(0.9, 0.82)), "--require", "asr<0.6");
        for (String field : List.of("command", "figures", "unchanged", "unmet")) {
            ObjectNode sweep = (ObjectNode) run.json();
            ((ObjectNode) sweep.get("confirmation")).remove(field);
            Path saved = Files.writeString(folder.resolve("sweep.json"), StrictJson.write(sweep));
            Run shown = Run.of("show", saved.toString());
            assertThat(shown.code()).as(field).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(shown.err()).contains("parts of the sweep are missing");
        }
    }
}

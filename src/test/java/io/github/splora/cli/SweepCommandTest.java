package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.client.ClientKind;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.RunReport;
import io.github.splora.run.Candidate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS)
class SweepCommandTest {

    /** Harm is the length of the weights file, so fewer modules are better; usefulness is always 1. */
    private static final String BY_SIZE =
            "printf '{\"asr\": %s, \"utility\": 1}' $(wc -c < {adapter}/adapter_model.safetensors)";

    @TempDir
    Path folder;

    private Run sweep(String... more) {
        return Run.of("sweep", Testdata.LLAMA, Run.join(more, "--format", "json"));
    }

    private static List<String> options(Run run) {
        List<String> options = new ArrayList<>();
        run.json()
                .get("trials")
                .forEach(trial -> options.add(trial.get("options").textValue()));
        return options;
    }

    @Test
    void everyActionIsTriedWhereNothingIsNamed() {
        Run run = sweep("--keep", folder.resolve("all").toString());
        assertThat(run.code()).isZero();
        assertThat(options(run))
                .hasSize(26)
                .contains(
                        "",
                        "--fraction 0.1",
                        "--fraction 0.3",
                        "--action scale --all --strength 0.3",
                        "--action repair --all --strength 0.8 --gain-exponent 1 --restore 0.3",
                        "--action repair --all --strength 0.8 --gain-exponent 2.5 --restore 0.4",
                        "--action repair --all --strength 0.5 --gain-exponent 2 --restore 0.2",
                        "--action repair --all --strength 0.9 --gain-exponent 1 --restore 0.4");
        JsonNode first = run.json().get("trials").get(0);
        assertThat(first.get("selected").intValue()).isZero();
        assertThat(Testdata.tensorsIn(folder.resolve("all/0"))).isEqualTo(Testdata.tensorsIn(Testdata.LLAMA.adapter()));
    }

    @ParameterizedTest
    @CsvSource({"llama, 2.5", "patterns, 2"})
    void theDefaultsOfRepairAreTriedWhereNothingIsNamed(Testdata model, String exponent) {
        Run run = Run.of(
                "sweep",
                model,
                "--format",
                "json",
                "--keep",
                folder.resolve("all").toString());
        Run.to(folder.resolve("repaired"), "repair", model);
        int number = options(run)
                .indexOf("--action repair --all --strength 0.8 --gain-exponent " + exponent + " --restore 0.3");
        assertThat(Testdata.tensorsIn(folder.resolve("all/" + number)))
                .isEqualTo(Testdata.tensorsIn(folder.resolve("repaired")));
    }

    @ParameterizedTest
    @CsvSource({
        "--fraction 0.25",
        "--metric cosine --count 3 --action zero",
        "--action deflate --all --gain 1",
        "--action repair --all",
        "--action attenuate --fraction 0.5 --reference subspace --energy 0.8",
        "--action project --all --reference subspace",
        "--reference safelora --population null --count 5"
    })
    void aCandidateIsByteForByteWhatAPruneWithItsOptionsWrites(String options) {
        sweep(
                "--candidate",
                "--fraction 0.1",
                "--candidate",
                options,
                "--keep",
                folder.resolve("all").toString());
        Path pruned = folder.resolve("pruned");
        Run.of("prune", Testdata.LLAMA, Run.join(options.split(" "), "--output", pruned.toString()));
        Map<String, ByteBuffer> expected = Testdata.tensorsIn(pruned);
        assertThat(Testdata.tensorsIn(folder.resolve("all/2"))).isEqualTo(expected);
        assertThat(folder.resolve("all/2/adapter_config.json"))
                .hasSameBinaryContentAs(pruned.resolve("adapter_config.json"));
    }

    @Test
    void theBestIsWrittenAsAPruneWouldWriteIt() {
        Path output = folder.resolve("best");
        Run run = sweep(
                "--candidate",
                "--fraction {0.1,0.5,0.25}",
                "--evaluate",
                BY_SIZE,
                "--max-utility-loss",
                "0",
                "--output",
                output.toString());
        assertThat(run.code()).isZero();
        assertThat(run.json().get("winner").intValue()).isEqualTo(2);
        assertThat(run.json().get("evaluations").intValue()).isEqualTo(4);
        RunReport report = RunReport.read(output.resolve(OutputFolder.REPORT_FILE));
        assertThat(report.summary().pruned()).isEqualTo(12);
        assertThat(report.parameters().value()).isEqualTo(0.5);
        assertThat(output.resolve("README.md")).content().contains("12 of 24 LoRA modules were removed");
        Run verified = Run.of(
                "verify",
                output.toString(),
                "--aligned",
                Testdata.LLAMA.aligned().toString());
        assertThat(verified.code()).isZero();
    }

    @Test
    void theSameAdapterIsEvaluatedOnce() throws IOException {
        Path log = folder.resolve("log");
        Run run = sweep(
                "--candidate",
                "--count 2",
                "--candidate",
                "--count 2 --metric e-diem --population type",
                "--candidate",
                "--count 0",
                "--evaluate",
                "echo x >> " + log + "; " + BY_SIZE);
        assertThat(Files.readAllLines(log)).hasSize(2);
        assertThat(run.json().get("trials").get(2).get("sameAs").intValue()).isEqualTo(1);
        assertThat(run.json().get("trials").get(3).get("sameAs").intValue()).isZero();
    }

    @Test
    void oneThatFailsDoesNotEndTheRun() {
        Run run = sweep(
                "--candidate",
                "--count {1,24,2}",
                "--evaluate",
                "test $(wc -c < {adapter}/adapter_model.safetensors) -gt 1000000 && exit 5; " + BY_SIZE);
        assertThat(run.code()).isZero();
        JsonNode trials = run.json().get("trials");
        assertThat(trials.get(2).get("failure").textValue()).startsWith("every module would be removed");
        assertThat(trials.get(3).get("figures").size()).isEqualTo(2);
        assertThat(run.err()).contains("every module would be removed");
    }

    @Test
    void whereAllFailTheInputIsBad() {
        Run run = sweep("--candidate", "--count 1", "--evaluate", "echo broken >&2; exit 1 # {adapter}");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err())
                .contains(
                        "every evaluation failed; for the unchanged adapter, the command ended with exit code 1: broken");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aCommandThatFailsThreeTimesInARowFromTheStartIsNotRunAnyMore() {
        Path log = folder.resolve("log");
        Run run = sweep("--evaluate", "echo x >> " + log + "; exit 1 # {adapter}");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("the first 3 evaluations all failed");
        assertThat(log).content().hasLineCount(3);
    }

    @Test
    void whereNoneMeetsTheRequirementsTheGateSaysNoAndNothingIsWritten() {
        Path output = folder.resolve("best");
        Run run = sweep(
                "--candidate", "--count 1", "--evaluate", BY_SIZE, "--require", "asr<1", "--output", output.toString());
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.json().get("winner").isNull()).isTrue();
        assertThat(output).doesNotExist();
    }

    @Test
    void theUnchangedAdapterIsWrittenOnlyIfItMeetsARequirementAndThatIsSaid() {
        String constant = "echo '{\"asr\": 0.5, \"utility\": 1}' # {adapter}";
        Path output = folder.resolve("best");
        Run meeting = sweep(
                "--candidate",
                "--count 1",
                "--evaluate",
                constant,
                "--require",
                "asr<1",
                "--output",
                output.toString());
        assertThat(meeting.code()).isZero();
        assertThat(meeting.err()).contains("a copy of the unchanged adapter");
        assertThat(Testdata.tensorsIn(output)).isEqualTo(Testdata.tensorsIn(Testdata.LLAMA.adapter()));
        Path other = folder.resolve("other");
        Run losing = sweep(
                "--candidate",
                "--count 1",
                "--evaluate",
                constant,
                "--max-utility-loss",
                "0.5",
                "--output",
                other.toString());
        assertThat(losing.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(losing.err()).contains("no candidate within --max-utility-loss is less harmful");
        assertThat(other).doesNotExist();
    }

    @Test
    void anInterruptedSweepIsResumedWithoutRepeatingItsEvaluations() throws IOException {
        Path log = folder.resolve("log");
        Path page = folder.resolve("sweep.html");
        Path trials = folder.resolve("sweep.trials.jsonl");
        String[] options = {
            "--candidate",
            "--count {1,2,3}",
            "--evaluate",
            "echo x >> " + log + "; " + BY_SIZE,
            "--report",
            page.toString()
        };
        assertThat(sweep(Run.join(options, "--resume")).code()).isEqualTo(ExitCode.BAD_INPUT);
        Run whole = sweep(options);
        List<String> lines = Files.readAllLines(trials);
        assertThat(lines).hasSize(4);
        // As a run leaves it that was killed while it wrote the third evaluation.
        Files.writeString(
                trials, lines.get(0) + "\n" + lines.get(1) + "\n" + lines.get(2).substring(0, 50));
        Files.delete(log);
        Run resumed = sweep(Run.join(options, "--resume"));
        assertThat(log).content().hasLineCount(2);
        assertThat(resumed.json().get("winner")).isEqualTo(whole.json().get("winner"));
        assertThat(resumed.json().get("trials").get(1).get("figures"))
                .isEqualTo(whole.json().get("trials").get(1).get("figures"));
        Files.delete(log);
        sweep(Run.join(options, "--resume"));
        assertThat(log).doesNotExist();
        options[3] += " ";
        sweep(Run.join(options, "--resume"));
        assertThat(log).content().hasLineCount(4);
    }

    @Test
    void aFileThatHoldsSomethingElseIsNotAddedTo() throws IOException {
        Path other = Files.writeString(folder.resolve("notes"), "mine\n");
        Run run = sweep("--candidate", "--count 1", "--evaluate", BY_SIZE, "--trials", other.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("its first line is not an evaluation");
        assertThat(other).hasContent("mine");
    }

    @Test
    void anEvaluationThatDeletesItsFolderDoesNotEndTheSweep() {
        Run run = sweep("--candidate", "--count {1,2}", "--evaluate", BY_SIZE + "; rm -r \"$(dirname {adapter})\"");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("evaluations").intValue()).isEqualTo(3);
    }

    @Test
    void figuresMayBeHuge() {
        Run run = sweep(
                "--candidate",
                "--count {1,2}",
                "--evaluate",
                "printf '{\"asr\": -1e308, \"utility\": %s}' $(wc -c < {adapter}/adapter_model.safetensors)e300",
                "--report",
                folder.resolve("sweep.html").toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("sweep.html")).content().doesNotContain("NaN", "Infinity");
    }

    @Test
    void aSearchFindsTheModulesAndSaysHowToPruneThem() {
        // Harm is the number of remaining q and k modules in the last two layers.
        String evaluate = "printf '{\"asr\": %s, \"utility\": 0}'"
                + " $(grep -ao 'layers.[45].self_attn.[qk]_proj.lora_A' {adapter}/adapter_model.safetensors | wc -l)";
        Run run = sweep("--search", "--count 3", "--search-evaluations", "70", "--evaluate", evaluate);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode winner = run.json().get("trials").get(run.json().get("winner").intValue());
        assertThat(winner.get("selected").intValue()).isEqualTo(3);
        assertThat(winner.get("options").textValue())
                .matches("--action drop --all( --include model\\.layers\\.[45]\\.self_attn\\.[qk]_proj){3}");
        assertThat(run.json().get("evaluations").intValue()).isLessThanOrEqualTo(72);

        Path pruned = folder.resolve("pruned");
        Run.of(
                "prune",
                Testdata.LLAMA,
                Run.join(winner.get("options").textValue().split(" "), "--output", pruned.toString(), "-q"));
        assertThat(Testdata.tensorsIn(pruned)).hasSize(2 * 21);
    }

    @Test
    void thePageShowsTheFrontAndKeepsStrangersTextAsText() throws IOException {
        Path page = folder.resolve("sweep.html");
        Run run = sweep(
                "--candidate",
                "--fraction {0.1,0.5}",
                "--evaluate",
                "printf '{\"asr\": 0.5, \"utility\": 0.25, \"<b>x\": 1}' # {adapter}",
                "--report",
                page.toString());
        assertThat(run.code()).isZero();
        assertThat(Files.readString(page))
                .contains(
                        "<svg class=\"chart wide\"",
                        "<svg class=\"chart narrow\"",
                        "class=\"staircase\" d=\"M",
                        "&lt;b&gt;x",
                        "default-src 'none'")
                .doesNotContain("<b>x");
    }

    @Test
    void withoutAnEvaluationThePageHasNoPicture() throws IOException {
        Path page = folder.resolve("sweep.html");
        sweep("--candidate", "--fraction 0.1", "--report", page.toString());
        assertThat(Files.readString(page)).doesNotContain("<svg").contains("--fraction 0.1");
    }

    @Test
    void progressIsToldCandidateByCandidate() {
        Run run = sweep("--candidate", "--count {1,2}", "--evaluate", BY_SIZE);
        assertThat(run.errors()).hasSize(3);
        assertThat(run.errors().get(1))
                .matches("splora: 2 of 3: asr [0-9.e+]+, utility 1\\.000 \\([0-9.]+ s\\)  --count 1");
        assertThat(sweep("--candidate", "--count {1,2}", "--evaluate", BY_SIZE, "-q")
                        .err())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--evaluate true                     | {adapter} is missing; write it where the command expects the candidate's folder",
                "--require asr<1                     | --require needs --evaluate: without figures, no candidate meets a condition",
                "--output out --evaluate={adapter}   | --output needs --require or --max-utility-loss",
                "--max-utility-loss 0.1              | --max-utility-loss needs --evaluate",
                "--max-utility-loss 2 --evaluate={adapter} | --max-utility-loss 2.0: must be a number from 0 to 1",
                "--confirm={adapter}                 | --confirm needs --evaluate: without figures, no candidate is best",
                "--confirm true --evaluate={adapter} | --confirm 'true': {adapter} is missing",
                "--confirm={adapter} --evaluate={adapter} | --confirm is the same command as --evaluate",
                "--resume                            | --resume needs --evaluate",
                "--output out                        | --output needs --evaluate: without figures, no candidate is best",
                "--candidate --nonsense              | --candidate '--nonsense': Unknown option: '--nonsense'",
                "--candidate --metric=cosine         | --metric cosine has no default rule: give --threshold",
                "--candidate --fraction=2            | --fraction 2.0: must be a number from 0 to 1",
                "--candidate --gain=2                | --gain requires --action deflate or repair (got drop)",
                "--candidate --seed={1,2}            | all candidates must have the same --seed (got [1, 2])",
                "--time-limit 0                      | --time-limit 0: must be at least 1 second",
                "--require asr                       | 'asr' is not a condition",
            })
    void whatDoesNotFitTogetherIsWrongUsage(String options, String message) {
        Run run = sweep(options.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
    }

    @Test
    void severalAdaptersAreRefused() {
        Run run = sweep("--adapter", Testdata.PATTERNS.adapter().toString());
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains("a sweep takes one adapter: sweep the adapters one at a time");
    }

    @Test
    void bracesAreAlternatives() {
        assertThat(CandidateLine.candidates(
                        "--action deflate --all --strength {0.5,0.6} --gain {1, 1.5}", ClientKind.PEFT))
                .extracting(Candidate::options)
                .containsExactly(
                        "--action deflate --all --strength 0.5 --gain 1",
                                "--action deflate --all --strength 0.5 --gain 1.5",
                        "--action deflate --all --strength 0.6 --gain 1",
                                "--action deflate --all --strength 0.6 --gain 1.5");
        assertThat(CandidateLine.candidates("", ClientKind.PEFT))
                .extracting(Candidate::options)
                .containsExactly("");
        assertThat(Stream.of(ClientKind.values())
                        .flatMap(client -> CandidateLine.candidates("--fraction 0.5", client).stream()))
                .hasSize(ClientKind.values().length);
    }
}

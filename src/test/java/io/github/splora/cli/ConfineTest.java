package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.Splora;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.report.RunReport;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.ScoreOptions;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCalibration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Confining an adapter to its task, from files to files. */
class ConfineTest {

    @TempDir
    Path folder;

    private Path output;
    private Path calibration;

    @BeforeEach
    void nameFiles() throws IOException {
        output = folder.resolve("repaired");
        calibration = calibrated(Testdata.LLAMA);
    }

    private Path calibrated(Testdata model, String... without) throws IOException {
        return TinyCalibration.of(model.adapter(), without)
                .write(folder.resolve("calibration" + without.length + ".safetensors"));
    }

    private Run repair(Testdata model, String... more) {
        return Run.to(output, "repair", model, Run.join(more, "--calibration", calibration.toString()));
    }

    private Run sweep(String... more) {
        return Run.of(
                "sweep",
                Testdata.LLAMA,
                Run.join(more, "--calibration", calibration.toString(), "--candidate", "--action confine --all"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "patterns"})
    void modulesKeepTheirRankTheirScalingAndTheirB(String name) throws IOException {
        Testdata model = Testdata.named(name);
        calibration = calibrated(model);
        Run run = repair(model);
        assertThat(run.code()).as(run.err()).isZero();
        try (Adapter old = Adapter.open(model.adapter());
                Adapter confined = Adapter.open(output)) {
            assertThat(confined.config().toJson()).isEqualTo(old.config().toJson());
            for (int i = 0; i < old.modules().size(); i++) {
                Factors was = old.modules().get(i).factors().get(0);
                Factors is = confined.modules().get(i).factors().get(0);
                assertThat(is.a().rows()).isEqualTo(was.a().rows());
                if (was.b().squaredNorm() > 0) {
                    assertThat(is.a().minus(was.a()).squaredNorm())
                            .isGreaterThan(0.01 * was.a().squaredNorm());
                    double gain = Math.sqrt(is.b().squaredNorm() / was.b().squaredNorm());
                    assertThat(is.b().minus(was.b().scaledBy(gain)).squaredNorm())
                            .isLessThan(1e-5 * is.b().squaredNorm());
                }
            }
        }
    }

    @Test
    void theReportSaysWhatWasDoneAndWithWhichFile() {
        Run run = repair(Testdata.LLAMA, "--task-cosine", "0.9");
        RunReport report = run.report();
        assertThat(report.parameters().action()).isEqualTo("confine");
        assertThat(report.parameters().requestWeight()).isBetween(0.01, 1e6);
        assertThat(report.parameters().restore()).isZero();
        assertThat(report.inputs().calibration().name()).isEqualTo("calibration0.safetensors");
        assertThat(report.inputs().calibration().sha256()).hasSize(64);
        assertThat(run.errors().get(0))
                .startsWith("splora: repairing all modules: confine them to the task (task cosine 0.9). Evaluate");
    }

    @Test
    void theWeightCanBeGiven() {
        Run run = repair(Testdata.LLAMA, "--request-weight", "30");
        assertThat(run.report().parameters().requestWeight()).isEqualTo(30);
        assertThat(run.errors().get(0)).contains("confine them to the task (request weight 30.0). Evaluate");
    }

    @Test
    void aLowerCosineMeansAHigherWeight() {
        double weight = repair(Testdata.LLAMA, "--task-cosine", "0.999")
                .report()
                .parameters()
                .requestWeight();
        output = folder.resolve("more");
        assertThat(repair(Testdata.LLAMA, "--task-cosine", "0.8")
                        .report()
                        .parameters()
                        .requestWeight())
                .isGreaterThan(weight);
    }

    @Test
    void itIsPruneWithThatAction() {
        repair(Testdata.LLAMA);
        Map<String, ByteBuffer> repaired = Testdata.tensorsIn(output);
        output = folder.resolve("pruned");
        Run run = Run.to(
                output,
                "prune",
                Testdata.LLAMA,
                "--action",
                "confine",
                "--all",
                "--calibration",
                calibration.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Testdata.tensorsIn(output)).isEqualTo(repaired);
    }

    @Test
    void theLibraryDoesTheSame() throws IOException {
        repair(Testdata.LLAMA);
        Path other = folder.resolve("library");
        ScoreOptions options = ScoreOptions.of(
                        Testdata.LLAMA.base().toString(),
                        Testdata.LLAMA.aligned().toString(),
                        Testdata.LLAMA.adapter().toString())
                .withCalibration(calibration);
        new Splora().prune(PruneOptions.repairing(options, other));
        assertThat(Testdata.tensorsIn(other)).isEqualTo(Testdata.tensorsIn(output));
    }

    @Test
    void theReportsCommandRepeatsIt() {
        Run first = repair(Testdata.LLAMA, "--task-cosine", "0.8", "--restore", "0.1", "--exclude", "q_proj");
        Map<String, ByteBuffer> repaired = Testdata.tensorsIn(output);
        output = folder.resolve("again");
        String[] command = first.report().provenance().expandedCommand().toArray(String[]::new);
        command[command.length - 1] = output.toString();
        assertThat(Run.of(command).code()).isZero();
        assertThat(Testdata.tensorsIn(output)).isEqualTo(repaired);
    }

    @Test
    void restoringCanFollow() throws IOException {
        Run run = repair(Testdata.LLAMA, "--restore", "0.1", "--restore-rank", "4", "--restore-modules", "adapter");
        assertThat(run.code()).as(run.err()).isZero();
        Map<String, ByteBuffer> restored = Testdata.tensorsIn(output);
        output = folder.resolve("confined");
        repair(Testdata.LLAMA);
        Map<String, ByteBuffer> confined = Testdata.tensorsIn(output);
        restored.forEach((name, tensor) -> {
            if (name.endsWith("lora_A.weight")) {
                ByteBuffer first = tensor.duplicate().limit(confined.get(name).limit());
                assertThat(first.slice())
                        .isEqualTo(confined.get(name).duplicate().rewind());
            }
        });
    }

    @Test
    void aModuleOfWhichNothingWasRecordedIsNamedBeforeAnythingIsScored() throws IOException {
        calibration = calibrated(Testdata.LLAMA, "layers.3.self_attn.q_proj");
        Run run = repair(Testdata.LLAMA);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err())
                .contains(calibration + ": layer 'model.layers.3.self_attn.q_proj': is a module of the adapter");
        assertThat(output).doesNotExist();
        assertThat(repair(Testdata.LLAMA, "--exclude", "layers.3.self_attn.q_proj")
                        .code())
                .isZero();
    }

    @Test
    void aMissingFileIsNamedWithItsOption() throws IOException {
        Files.delete(calibration);
        Run run = repair(Testdata.LLAMA);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("--calibration " + calibration);
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--strength 0.5 | --strength cannot be given with --calibration: nothing is filtered",
                "--task-cosine 1 | --task-cosine 1.0: must be between 0 and 1 (exclusive)",
                "--request-weight -1 | --request-weight -1.0: must be auto or a number from 0 to 1e6",
                "--request-weight 3 --task-cosine 0.9 | --task-cosine requires --request-weight auto (got 3.0)",
                "--restore-modules linear | --restore-modules linear requires --restore above 0 (got 0)",
            })
    void whatDoesNotFitTogetherIsWrongUsage(String options, String message) {
        Run run = repair(Testdata.LLAMA, options.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prune --action confine --all | --action confine needs --calibration FILE",
                "prune --action scale --all --calibration FILE | --calibration requires --action confine",
                "prune --action repair --task-cosine 3 | --task-cosine requires --action confine (got repair)",
                "repair --task-cosine 3 | --task-cosine requires --calibration",
            })
    void theFileAndTheActionNeedEachOther(String line, String message) {
        String[] words = line.replace("FILE", calibration.toString()).split(" ", 2);
        Run run = Run.to(output, words[0], Testdata.LLAMA, words[1].split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
        assertThat(output).doesNotExist();
    }

    @Test
    void aSweepWithACalibrationTriesConfiningFirst() {
        Run run = Run.of("sweep", Testdata.LLAMA, "--calibration", calibration.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("--action confine --all --task-cosine 0.9");
        assertThat(run.out().indexOf("confine")).isLessThan(run.out().indexOf("--action repair"));
    }

    @Test
    void aSweepsCandidatesThatConfineNeedTheFile() {
        Run run = Run.of("sweep", Testdata.LLAMA, "--candidate", "--action confine --all");
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains("--action confine needs --calibration FILE");
    }

    @Test
    void theBestOfASweepIsWhatAPruneWithItsOptionsWrites() throws IOException {
        Path best = folder.resolve("best");
        Run run = sweep(
                "--evaluate",
                "cmp -s {adapter}/adapter_model.safetensors " + Testdata.LLAMA.adapter()
                        + "/adapter_model.safetensors && echo '{\"asr\": 1, \"utility\": 1}'"
                        + " || echo '{\"asr\": 0, \"utility\": 1}'",
                "--require",
                "asr<0.5",
                "--output",
                best.toString());
        assertThat(run.code()).as(run.err()).isZero();
        repair(Testdata.LLAMA);
        assertThat(Testdata.tensorsIn(best)).isEqualTo(Testdata.tensorsIn(output));
    }

    @Test
    void layersOtherThanLinearOnesAreRefused() throws IOException {
        TinyAdapter adapter = new TinyAdapter()
                .module("model.layers.0.self_attn.q_proj", 48, 48)
                .random("base_model.model.model.embed_tokens.lora_embedding_A", 2, 69)
                .random("base_model.model.model.embed_tokens.lora_embedding_B", 48, 2)
                .config("target_modules", "[\"q_proj\", \"embed_tokens\"]");
        Testdata model = Testdata.LLAMA.withAdapter(adapter.writeTo(folder.resolve("embedding")));
        calibration = TinyCalibration.of(model.adapter()).write(folder.resolve("other.safetensors"));
        Run run = repair(model);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("module 'model.embed_tokens'", "is not a linear layer (embedding)");
        assertThat(output).doesNotExist();
    }

    /** GPT-2's second block has a layer that alignment did not change: it has no score, so it is not selected. */
    @Test
    void aModuleWithoutAScoreStaysAndAWarningNamesIt() throws IOException {
        calibration = TinyCalibration.of(Testdata.GPT2.adapter()).write(folder.resolve("gpt2.safetensors"));
        Run run = repair(Testdata.GPT2);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains(
                        "warning: module 'transformer.h.1.attn.c_proj' was not confined, because alignment did not change its"
                                + " layer; it does to all requests what it did before");
    }

    @Test
    void anOutputThatHoldsTheFileIsRefused() throws IOException {
        Files.createDirectories(output);
        calibration = TinyCalibration.of(Testdata.LLAMA.adapter()).write(output.resolve("calibration.safetensors"));
        assertThat(repair(Testdata.LLAMA, "--force").code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(calibration).exists();
    }

    @Test
    void aSweepKeepsWhatRepairWrites() throws IOException {
        repair(Testdata.LLAMA);
        Path kept = folder.resolve("kept");
        Run run = sweep("--keep", kept.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Testdata.tensorsIn(kept.resolve("1"))).isEqualTo(Testdata.tensorsIn(output));
    }

    @ParameterizedTest
    @CsvSource({"4, 256M", "1, 1M"})
    void threadsAndMemoryDoNotMatter(String threads, String memory) {
        repair(Testdata.LLAMA, "--threads", "2");
        Map<String, ByteBuffer> expected = Testdata.tensorsIn(output);
        output = folder.resolve("again");
        repair(Testdata.LLAMA, "--threads", threads, "--memory", memory);
        assertThat(Testdata.tensorsIn(output)).isEqualTo(expected);
    }
}

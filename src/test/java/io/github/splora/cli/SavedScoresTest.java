package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code prune --scores}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SavedScoresTest {

    private String saved;

    @TempDir
    Path folder;

    @BeforeAll
    void score() {
        saved = Run.of("score", Testdata.LLAMA, "--format", "json").out();
    }

    private Path scores(String json) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "scores", ".json"), json);
    }

    private Run prune(Testdata model, Path scores, String... more) throws IOException {
        Path output = Files.createTempDirectory(folder, "out").resolve("pruned");
        Run run = Run.to(output, "prune", model, Run.join(more, "--scores", scores.toString()));
        if (run.code() != 0) {
            assertThat(output).doesNotExist();
            assertThat(run.out()).isEmpty();
        }
        return run;
    }

    private Run prune(Path scores, String... more) throws IOException {
        return prune(Testdata.LLAMA, scores, more);
    }

    private static void assertRefused(Run run, String message) {
        assertThat(run.errors()).containsExactly("splora: " + message);
        assertThat(run.code()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deltaNorm", "score", "cosine"})
    void figuresThatAreNotFiniteAreRefused(String figure) throws IOException {
        Path scores = Files.writeString(
                folder.resolve("nan.json"),
                Run.of("score", Testdata.LLAMA, "--format", "json")
                        .out()
                        .replaceFirst("\"" + figure + "\": [^,]+,", "\"" + figure + "\": NaN,"));
        Run run = Run.of(
                "prune",
                Testdata.LLAMA,
                "--scores",
                scores.toString(),
                "--output",
                folder.resolve("pruned-of-nan").toString(),
                "--fail-on",
                "max-score>1000");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("figures of the report are NaN or infinite");
        assertThat(folder.resolve("pruned-of-nan")).doesNotExist();
    }

    @Test
    void decidingFromSavedScoresIsAsGoodAsScoringAgain() throws IOException {
        Run run = prune(scores(saved));
        assertThat(run.code()).isZero();
        RunReport scored = Run.of("score", Testdata.LLAMA, "--format", "json").report();
        assertThat(run.report().modules()).isEqualTo(scored.modules());
        assertThat(run.report().summary()).isEqualTo(scored.summary());
        assertThat(run.report().engine().name()).isEqualTo(scored.engine().name());
        assertThat(run.report().timing().scoringSeconds()).isZero();
    }

    @Test
    void noModuleIsScoredAgain() throws IOException {
        assertThat(prune(scores(saved)).err()).doesNotContain("scoring");
    }

    @Test
    void theRuleMayBeAnother() throws IOException {
        Run run = prune(scores(saved), "--count", "2", "--granularity", "block");
        assertThat(run.pruned()).hasSize(8);
        assertThat(run.report().parameters().rule()).isEqualTo("count");
    }

    @Test
    void aReportOfAPruneServesAsWell() throws IOException {
        String report = prune(scores(saved), "--count", "3").out();
        assertThat(prune(scores(report), "--count", "3").pruned()).hasSize(3);
    }

    @Test
    void theMetricAndItsOptionsAreThoseOfTheFile() throws IOException {
        Path file = scores(Run.of(
                        "score",
                        Testdata.LLAMA,
                        "--metric",
                        "cosine",
                        "--reference",
                        "safelora",
                        "--population",
                        "all",
                        "--exclude",
                        "k_proj",
                        "--format",
                        "json")
                .out());
        RunReport report = prune(file, "--count", "1").report();
        assertThat(report.metric()).isEqualTo("cosine");
        assertThat(report.parameters().reference()).isEqualTo("safelora");
        assertThat(report.parameters().population()).isEqualTo("all");
        assertThat(report.parameters().exclude()).containsExactly("k_proj");
        assertThat(report.summary().scored()).isEqualTo(18);
    }

    @Test
    void unscoredModulesStayUnscored() throws IOException {
        Path file = scores(Run.of("score", Testdata.GPT2, "--format", "json").out());
        Run run = prune(Testdata.GPT2, file, "--count", "5");
        assertThat(run.pruned()).hasSize(5).doesNotContain("transformer.h.1.attn.c_proj");
    }

    @Test
    void scoresOfAnotherAlignedModelAreRefused() throws IOException {
        Path file = scores(saved);
        RunReport.Inputs inputs = RunReport.read(file).inputs();
        String now = Run.of("score", Testdata.SHARDED, "--format", "json")
                .report()
                .inputs()
                .aligned()
                .fingerprint();
        assertRefused(
                prune(Testdata.SHARDED, file),
                file + ": inputs.aligned " + inputs.aligned().fingerprint()
                        + ": the scores were computed with a different aligned from this one (" + now
                        + "); score again");
    }

    @Test
    void everyInputThatDiffersIsNamed() throws IOException {
        Run run = prune(Testdata.GPT2, scores(saved));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err())
                .contains(
                        "inputs.base ",
                        "inputs.aligned ",
                        "inputs.adapter ",
                        "no usable row for 'transformer.h.0.attn.c_attn'");
    }

    @Test
    void scoresOfAnAdapterWhoseConfigHasChangedAreRefused() throws IOException {
        Testdata changed = Testdata.LLAMA
                .withAdapterCopiedTo(Files.createTempDirectory(folder, "adapter"))
                .withConfig("\"lora_alpha\": 16", "\"lora_alpha\": 32");
        Run run = prune(changed, scores(saved));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .contains("inputs.adapter ")
                .endsWith("; score again");
    }

    @Test
    void whereTheInputsLieMakesNoDifference() throws IOException {
        Testdata moved = Testdata.LLAMA.withAdapterCopiedTo(Files.createTempDirectory(folder, "adapter"));
        assertThat(prune(moved, scores(saved)).code()).isZero();
    }

    @Test
    void anotherSchemaVersionIsRefused() throws IOException {
        Path file = scores(saved.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2"));
        assertRefused(
                prune(file),
                file
                        + ": schemaVersion 2: must be 1, the only version that this splora reads; run 'splora score --format json' again");
    }

    @Test
    void missingRowsAreNamed() throws IOException {
        Path file = scores(saved.replace("model.layers.3.self_attn.q_proj", "model.layers.33.self_attn.q_proj"));
        assertRefused(prune(file), file + ": modules: no usable row for 'model.layers.3.self_attn.q_proj'");
    }

    @Test
    void aRowWhoseScoreWasTakenOutIsNotUsable() throws IOException {
        Path file = scores(saved.replaceFirst("\"score\": [^,]+", "\"score\": null"));
        assertRefused(prune(file), file + ": modules: no usable row for 'model.layers.0.self_attn.k_proj'");
    }

    @Test
    void aReportWithPartsMissingIsRefused() throws IOException {
        Path file = scores("{\"schemaVersion\": 1}");
        assertRefused(prune(file), file + ": parts of the report are missing; run 'splora score --format json' again");
    }

    @Test
    void scoresOfSubspacesNeedTheirEnergy() throws IOException {
        String subspaces = Run.of("score", Testdata.LLAMA, "--reference", "subspace", "--format", "json")
                .out();
        Path file = scores(subspaces.replaceFirst("\\n *\"energy\": [^\\n]*", ""));
        assertRefused(
                prune(file, "--action", "project"),
                file + ": parameters.energy: is missing, but the reference is subspace; score again");
    }

    @Test
    void aMetricOfTheFutureIsRefused() throws IOException {
        Path file = scores(saved.replace("\"metric\": \"e-diem\"", "\"metric\": \"magic\""));
        assertRefused(prune(file), file + ": metric magic: must be one of [e-diem, cosine, frobenius, overlap]");
    }

    @Test
    void aMissingFileIsBadInput() throws IOException {
        assertRefused(prune(Path.of("/no/scores.json")), "/no/scores.json: no such file");
    }

    @Test
    void whatIsNotJsonIsBadInput() throws IOException {
        Path file = scores("name,score\n");
        Run run = prune(file);
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .startsWith("splora: " + file + ": line 1, column ")
                .contains("not valid JSON");
    }

    @ParameterizedTest
    @CsvSource({"--metric, e-diem", "--reference, alignment", "--population, type", "--include, *", "--exclude, x"})
    void optionsThatMakeScoresCannotBeGivenToo(String option, String value) throws IOException {
        Run run = prune(scores(saved), option, value);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors())
                .containsExactly(
                        "splora: " + option
                                + " cannot be given with --scores: the scores in the file are already computed",
                        "Try 'splora prune --help'.");
    }
}

package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptedOptionTest {

    private static final String MODULE = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    private String model(String name, long seed) {
        return new TinyCheckpoint()
                .seed(seed)
                .random(MODULE + ".weight", 6, 4)
                .writeTo(folder.resolve(name))
                .toString();
    }

    private Run run(String command, String... more) {
        return Run.of(
                Run.join(new String[] {command, "--base", model("base", 1), "--aligned", model("aligned", 2)}, more));
    }

    @Test
    void aMergedCheckpointIsScoredLikeAnAdapter() {
        Run run = run("score", "--adapted", model("merged", 3), "--metric", "cosine", "--format", "json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().at("/inputs/adapted/path").asText())
                .isEqualTo(folder.resolve("merged").toString());
        assertThat(run.json().at("/inputs/adapter").isNull()).isTrue();
        assertThat(run.json().at("/modules/0/name").asText()).isEqualTo(MODULE);
    }

    @Test
    void eitherAnAdapterOrAMergedCheckpointIsNeeded() {
        assertThat(run("score").code()).isEqualTo(2);
        Run both = run("score", "--adapter", "a", "--adapted", "b");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).startsWith("splora: --adapter and --adapted cannot be given together");
    }

    @Test
    void aSweepDoesNotOfferWhatItRefuses() {
        assertThat(Run.of("sweep", "--help").out()).contains("--adapter").doesNotContain("--adapted");
        Run refused = run("sweep", "--adapted", "b");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).startsWith("splora: --adapted cannot be given with sweep: candidates are adapters");
        assertThat(run("sweep").err())
                .startsWith("splora: Missing required parameter: 'ADAPTER'")
                .doesNotContain("--adapted");
    }

    @ParameterizedTest
    @CsvSource({"--config-style, targets", "--scores, x.json", "--restore-modules, linear"})
    void whatIsOfAdaptersIsWrongUsage(String option, String value) {
        Run run = run(
                "prune",
                "--adapted",
                model("merged", 3),
                "--output",
                folder.resolve("out").toString(),
                option,
                value);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("splora: " + option + " cannot be given with --adapted: ");
    }

    @ParameterizedTest
    @CsvSource({"zero", "scale", "deflate", "repair"})
    void actionsOnFactorsAreWrongUsage(String action) {
        String output = folder.resolve("out").toString();
        Run run = run("prune", "--adapted", model("merged", 3), "--output", output, "--action", action);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("splora: --action " + action + " cannot be given with --adapted: ");
    }

    @ParameterizedTest
    @CsvSource({"--client, vllm", "--reference, safelora"})
    void whatAMergedCheckpointHasNoUseForIsWrongUsage(String option, String value) {
        Run run = run("score", "--adapted", model("merged", 3), option, value);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("splora: " + option + " " + value + " cannot be given with --adapted: ");
    }

    @Test
    void safeLoraRefusesDoRaByNameInsteadOfFailing() {
        Path adapter = new TinyAdapter()
                .config("use_dora", "true")
                .module(MODULE, 6, 4)
                .random("base_model.model." + MODULE + ".lora_magnitude_vector", 6)
                .writeTo(folder.resolve("dora"));
        Run run = run("score", "--adapter", adapter.toString(), "--reference", "safelora");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .containsExactly(
                        "splora: " + adapter + ": module '" + MODULE + "': is a DoRA module, whose delta does not"
                                + " have low rank, as --reference safelora requires; use --reference alignment");
    }
}

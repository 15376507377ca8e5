package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words that a newcomer types are understood, or answered with the right ones. */
class NewcomerWordsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prune  | --treshold | --threshold",
                "prune  | --thresh   | --threshold",
                "prune  | -o         | --output",
                "prune  | --out      | --output",
                "prune  | --ouptut   | --output",
                "score  | --lora     | --adapter",
                "score  | --model    | --aligned or --base",
                "score  | --base_model | --aligned or --base",
                "score  | --gpu      | --device",
                "prune  | --overwrite | --force",
                "prune  | --dryrun   | --dry-run",
                "sweep  | --eval     | --evaluate",
                "repair | --yes      | --force",
            })
    void anUnknownOptionIsAnsweredWithTheRightOne(String command, String option, String meant) {
        Run run = Run.of(command, option, "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors())
                .containsExactly(
                        "splora: unknown option: '" + option + "'",
                        "Did you mean " + meant + "?",
                        "Try 'splora " + command + " --help'.");
    }

    @Test
    void everyUnknownOptionHasItsOwnAnswer() {
        assertThat(Run.of("prune", "--lora", "x", "-o", "y").errors())
                .containsExactly(
                        "splora: unknown options: '--lora', '-o'",
                        "Did you mean --adapter instead of '--lora'?",
                        "Did you mean --output instead of '-o'?",
                        "Try 'splora prune --help'.");
    }

    @Test
    void onlyTheUnknownCommandIsNamed() {
        assertThat(Run.of("scor", "./my-lora").errors().get(0)).isEqualTo("splora: unknown command: 'scor'");
    }

    @Test
    void anOptionThatResemblesNothingHasNoSuggestion() {
        assertThat(Run.of("prune", "--zzzzzzzz").errors())
                .containsExactly("splora: unknown option: '--zzzzzzzz'", "Try 'splora prune --help'.");
    }

    @Test
    void aShareMayBeAPercentage() {
        List<String> expected = Run.of("score", Testdata.LLAMA, "--fraction", "0.125", "--format", "json")
                .pruned();
        assertThat(expected).hasSize(3);
        assertThat(Run.of("score", Testdata.LLAMA, "--fraction", "12.5%", "--format", "json")
                        .pruned())
                .isEqualTo(expected);
    }

    @Test
    void aGateOnAShareMayBeAPercentage() {
        Run run = Run.of("score", Testdata.LLAMA, "-q", "--fail-on", "pruned-fraction>20%");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).startsWith("splora: gate failed: pruned-fraction 0.25 > 0.2 ");
        assertThat(Run.of("score", Testdata.LLAMA, "--fail-on", "pruned-fraction>25%")
                        .code())
                .isZero();
    }

    /** It is a number of modules: 20% of what? */
    @Test
    void aGateOnACountRefusesAPercentage() {
        Run run = Run.of("score", Testdata.LLAMA, "--fail-on", "pruned>20%");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0)).contains("'pruned>20%': pruned is not a share");
    }

    @Test
    void choicesAreUnderstoodInUpperCase() {
        Run run = Run.of("score", Testdata.LLAMA, "--metric", "COSINE", "--format", "JSON", "--device", "CPU");
        assertThat(run.code()).isZero();
        assertThat(run.report().metric()).isEqualTo("cosine");
        assertThat(Run.of("inspect", Testdata.LLAMA.adapter().toString(), "--format", "JSON")
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"cuda, gpu", "CUDA:1, gpu:1", "Auto, auto", "cpu, cpu", "tpu, tpu", "gpu:x, gpu:x"})
    void cudaIsAGpu(String given, String understood) {
        assertThat(new DeviceConverter().convert(given)).isEqualTo(understood);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "q_proj,v_proj | 12",
                "/layers[.][01]{1,2}[.].*q_proj/,v_proj | 8",
                "v_proj,/layers[.][01]{1,2}[.].*q_proj/ | 8",
                "/layers[.][01]{1,2}[.]/ | 8",
            })
    void patternsMayBeSeparatedByCommas(String patterns, int scored) {
        Run run = Run.of("score", Testdata.LLAMA, "--format", "json", "--include", patterns);
        assertThat(run.report().summary().scored()).isEqualTo(scored);
    }

    @Test
    void aDryRunNeedsNoOutput() {
        for (String command : List.of("prune", "repair")) {
            Run run = Run.of(command, Testdata.LLAMA, "--dry-run");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.err()).contains("splora: dry run: nothing was written");
        }
        assertThat(Run.of("prune", Testdata.LLAMA).errors().get(0))
                .isEqualTo("splora: Missing required option: '--output=DIR'");
        assertThat(Files.exists(Path.of("null"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "check, splora scan",
        "audit, splora scan",
        "fix, splora repair",
        "compare, splora diff",
        "explain, splora show",
        "info, splora inspect",
        "version, splora --version",
        "testdata/tiny-llama/adapter, splora scan testdata/tiny-llama/adapter",
    })
    void anUnknownCommandIsAnsweredWithTheRightOne(String command, String meant) {
        Run run = Run.of(command, "./my-lora");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors())
                .containsExactly(
                        "splora: unknown command: '" + command + "'",
                        "Did you mean " + meant + "?",
                        "Try 'splora --help'.");
    }
}

package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where the adapter's config, --base and --aligned name different models, and where models are left out. */
class ModelNamesTest {

    private static final String BASE = "testdata/tiny-llama/base";
    private static final String ALIGNED = "testdata/tiny-llama/aligned";
    private static final String ADAPTER = "testdata/tiny-llama/adapter";

    @Test
    void swappedModelsAreNamed() {
        Run run = Run.of("score", "--base", ALIGNED, "--aligned", BASE, ADAPTER);
        assertThat(run.code()).isZero();
        assertThat(run.errors()).singleElement().asString().contains("'../aligned', which is --base, not --aligned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--strict", "--fail-on=max-score>1000"})
    void swappedModelsAreRefusedByAGateAndOnRequest(String option) {
        Run run = Run.of("score", option, "--base", ALIGNED, "--aligned", BASE, ADAPTER);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors().get(0)).contains("adapter_config.json", "base_model_name_or_path", "--no-strict");
    }

    @Test
    void aGateMayBeToldToJudgeAllTheSame() {
        assertThat(Run.of(
                                "score",
                                "--fail-on",
                                "max-score>1000",
                                "--no-strict",
                                "--base",
                                ALIGNED,
                                "--aligned",
                                BASE,
                                ADAPTER)
                        .code())
                .isZero();
    }

    @Test
    void verifyNamesAModelThatIsNotTheAlignedOne() {
        Run run = Run.of("verify", ADAPTER, "--aligned", ALIGNED);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(Run.of("verify", ADAPTER, "--aligned", BASE).err()).contains("are not those of --aligned");
    }

    @Test
    void theAlignedModelIsTheOneThatTheAdapterNames() {
        List<String> named =
                rows(Run.of("score", "--format", "csv", "--base", BASE, "--aligned", ALIGNED, "--adapter", ADAPTER));
        Run run = Run.of("score", "--format", "csv", "--base", BASE, ADAPTER);
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("splora: aligned model: ", "(named by the adapter's config)");
        assertThat(rows(run)).isEqualTo(named);
    }

    @Test
    void aModelThatCannotBeFoundIsAMissingOption() {
        Run run = Run.of("score", ADAPTER);
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.errors().get(0))
                .startsWith(
                        "splora: Missing required option: '--base=MODEL', or '--preset=NAME': neither a preset nor");
    }

    @Test
    void aGateNeedsModelsThatTheUserNames() {
        Run run = Run.of("score", ADAPTER, "--base", BASE, "--fail-on", "pruned>0");
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.errors().get(0)).contains("--fail-on requires --base and --aligned, or --preset");
    }

    @Test
    void presetsAreListedAndUsed() {
        assertThat(Run.of("presets").out())
                .containsPattern("llama-3.1-8b-instruct +meta-llama/Llama-3.1-8B-Instruct +meta-llama/Llama-3.1-8B");
        assertThat(Run.of("score", ADAPTER, "--preset", "llama-3.1-8b-instruct")
                        .errors()
                        .get(0))
                .contains("'meta-llama/Llama-3.1-8B'", "hf download");
        assertThat(Run.of("score", ADAPTER, "--preset", "llama").errors().get(0))
                .contains("splora presets");
        assertThat(Run.of("score", ADAPTER, "--preset", "llama-3.1-8b-instruct", "--base", BASE)
                        .code())
                .isEqualTo(ExitCode.WRONG_USAGE);
    }

    private static List<String> rows(Run run) {
        return new ArrayList<>(Stream.of(run.out().split("\n")).toList());
    }
}

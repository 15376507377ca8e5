package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.LoraModule;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreCommandTest {

    private static final String OFFENDERS = "model.layers.0.self_attn.o_proj, model.layers.2.self_attn.q_proj,"
            + " model.layers.0.self_attn.v_proj and 3 more";

    private static final String PREFIX = "model.layers.";

    private static Run json(Testdata model, String... more) {
        return Run.of("score", model, Run.join(more, "--format", "json"));
    }

    static List<Testdata> models() {
        return Testdata.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModuleHasARowInNaturalOrder(Testdata model) {
        Run run = json(model);
        assertThat(run.code()).isZero();
        List<String> names =
                run.report().modules().stream().map(ModuleRow::name).toList();
        assertThat(names).isSortedAccordingTo(LoraModule.NATURAL_ORDER).doesNotHaveDuplicates();
        assertThat(names.size() * 2)
                .isEqualTo(Testdata.tensorsIn(model.adapter()).size());
    }

    @Test
    void theDefaultRulePrunesAboveOneHalf() {
        Run run = json(Testdata.LLAMA);
        assertThat(run.pruned())
                .containsExactly(
                        PREFIX + "0.self_attn.k_proj",
                        PREFIX + "0.self_attn.o_proj",
                        PREFIX + "0.self_attn.v_proj",
                        PREFIX + "2.self_attn.o_proj",
                        PREFIX + "2.self_attn.q_proj",
                        PREFIX + "3.self_attn.k_proj");
        JsonNode parameters = run.json().get("parameters");
        assertThat(parameters.get("rule").textValue()).isEqualTo("threshold");
        assertThat(parameters.get("value").doubleValue()).isEqualTo(0.5);
        assertThat(parameters.get("defaultRule").booleanValue()).isTrue();
        assertThat(parameters.get("action").isNull()).isTrue();
    }

    @Test
    void centreIsAnAliasOfCenter() {
        List<ModuleRow> median =
                json(Testdata.LLAMA, "--center", "median").report().modules();
        assertThat(json(Testdata.LLAMA, "--centre", "median").report().modules())
                .isEqualTo(median);
        assertThat(json(Testdata.LLAMA).report().modules()).isNotEqualTo(median);
    }

    @Test
    void shardsMakeNoDifferenceToWhatIsPruned() {
        assertThat(json(Testdata.SHARDED).pruned())
                .isEqualTo(json(Testdata.LLAMA).pruned());
    }

    @ParameterizedTest
    @MethodSource("models")
    void javasKernelChoosesTheSameModulesAndSaysWhoComputed(Testdata model) {
        Run java = json(model, "--kernel", "java");
        assertThat(java.pruned()).isEqualTo(json(model).pruned());
        assertThat(java.json().at("/engine/name").textValue()).isEqualTo("Java");
        assertThat(java.json().at("/engine/device").textValue()).isEqualTo("cpu");
        assertThat(json(model, "--kernel", "java", "--threads", "1").report().modules())
                .isEqualTo(java.report().modules());
    }

    @Test
    void javasKernelIsNoneForAGpu() {
        Run run = Run.of("score", Testdata.LLAMA, "--kernel", "java", "--device", "gpu");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("splora: --kernel java cannot be given with --device gpu");
    }

    @Test
    void neitherThreadsNorMemoryMakeADifference() {
        for (String kernel : List.of("djl", "java")) {
            List<ModuleRow> one = json(Testdata.PATTERNS, "--kernel", kernel, "--threads", "1")
                    .report()
                    .modules();
            assertThat(json(Testdata.PATTERNS, "--kernel", kernel, "--threads", "5")
                            .report()
                            .modules())
                    .isEqualTo(one);
            for (String memory : List.of("1", "2m", "64K", "9999999T")) {
                assertThat(json(Testdata.PATTERNS, "--kernel", kernel, "--memory", memory)
                                .report()
                                .modules())
                        .isEqualTo(one);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 24})
    void aCountIsPreviewed(int count) {
        Run run = json(Testdata.LLAMA, "--count", String.valueOf(count));
        assertThat(run.pruned()).hasSize(count);
        assertThat(run.report().summary().pruned()).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({"0.25, 6", "0.27, 6", "0.28, 7", "1, 24"})
    void aFractionIsPreviewed(String fraction, int count) {
        assertThat(json(Testdata.LLAMA, "--fraction", fraction).pruned()).hasSize(count);
    }

    @Test
    void aCountOfBlocksPrunesWholeBlocks() {
        assertThat(json(Testdata.LLAMA, "--count", "1", "--granularity", "block")
                        .pruned())
                .containsExactly(
                        PREFIX + "0.self_attn.k_proj",
                        PREFIX + "0.self_attn.o_proj",
                        PREFIX + "0.self_attn.q_proj",
                        PREFIX + "0.self_attn.v_proj");
    }

    @Test
    void aCountAboveTheScoredModulesIsBadInput() {
        Run run = Run.of("score", Testdata.GPT2, "--count", "6", "-q");
        assertThat(run)
                .isEqualTo(new Run(
                        4,
                        "",
                        "splora: --count: 6: only 5 modules have a score and can be pruned" + System.lineSeparator()));
    }

    @Test
    void aModuleThatAlignmentLeftAloneIsKeptWithoutAScore() {
        RunReport report = json(Testdata.GPT2, "--threshold", "-1000").report();
        assertThat(report.modules())
                .filteredOn(row -> row.decision().equals("keep"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.name()).isEqualTo("transformer.h.1.attn.c_proj");
                    assertThat(row.score()).isNull();
                    assertThat(row.alignmentNorm()).isZero();
                    assertThat(row.reason())
                            .isEqualTo("alignment did not change this layer, so there is no reference to compare with");
                });
        assertThat(report.summary().scored()).isEqualTo(5);
    }

    @Test
    void modulesLeftOutHaveNoScoreAndAreNoPopulation() {
        RunReport report = json(Testdata.LLAMA, "--include", "*attn.?_proj", "--exclude", "/[kvo]_proj$/")
                .report();
        assertThat(report.summary().scored()).isEqualTo(6);
        assertThat(report.modules())
                .filteredOn(row -> row.score() != null)
                .extracting(ModuleRow::type)
                .containsOnly("q_proj");
        assertThat(report.modules().get(0).reason()).isEqualTo("left out by --include or --exclude");
        assertThat(report.parameters().include()).containsExactly("*attn.?_proj");
        assertThat(report.parameters().exclude()).containsExactly("/[kvo]_proj$/");
    }

    @Test
    void patternsThatLeaveNothingAreBadInput() {
        Run run = Run.of("score", Testdata.LLAMA, "--include", "c_attn");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .containsExactly("splora: --include, --exclude: these leave no module of the adapter;"
                        + " its modules have names like 'model.layers.0.self_attn.k_proj'");
    }

    @Test
    void aMetricWithoutADefaultRulePrunesNothing() {
        Run run = Run.of("score", Testdata.LLAMA, "--metric", "frobenius");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("0 of 24 modules to prune (frobenius, alignment, type; no rule given)\n"
                        + "14 of 24 modules move against alignment, mean cosine -0.0341\n");
    }

    @Test
    void theReportNamesItsInputsAsTheUserDid() {
        RunReport report = json(Testdata.LLAMA).report();
        assertThat(report.inputs().base().path())
                .isEqualTo(Testdata.LLAMA.base().toString());
        assertThat(report.inputs().aligned().fingerprint())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(report.inputs().base().fingerprint());
        assertThat(report.inputs().adapter().sha256()).matches("[0-9a-f]{64}");
        assertThat(report.timing().totalSeconds()).isGreaterThan(report.timing().scoringSeconds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "table;    6 of 24 modules to prune (e-diem",
                "csv;      name,block,type,out,in,",
                "markdown; ### splora: 6 of 24 modules to prune",
                "json;     {"
            })
    void eachFormatGoesToStandardOutput(String format, String start) {
        Run run = Run.of("score", Testdata.LLAMA, "--format", format);
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith(start).endsWith("\n");
    }

    @Test
    void thereIsNoProgressWhereNobodyWatches() {
        assertThat(Run.of("score", Testdata.LLAMA).err()).isEmpty();
    }

    @Test
    void quietMeansResultsOnly() {
        Run run = Run.of("score", Testdata.LLAMA, "-q");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo(Run.of("score", Testdata.LLAMA).out());
    }

    @Test
    void aTerminalGetsColorsAndABarThatIsWipedOut() {
        Run run = Run.on(new Terminal(true, true, true), Run.with("score", Testdata.LLAMA));
        assertThat(run.out()).contains("\u001b[31mmodel.layers.0.self_attn.k_proj");
        assertThat(run.err())
                .contains("scoring [########################] 24/24")
                .endsWith("\r\u001b[K");
    }

    @Test
    void noColorIsRespected() {
        Run run = Run.on(new Terminal(true, false, false), Run.with("score", Testdata.LLAMA));
        assertThat(run.out() + run.err()).doesNotContain("\u001b");
    }

    @Test
    void aGateThatSaysNoIsExitCodeThree() {
        Run run = Run.of("score", Testdata.LLAMA, "-q", "--fail-on", "pruned>0");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.errors()).containsExactly("splora: gate failed: pruned 6 > 0 (" + OFFENDERS + ")");
        assertThat(run.out()).contains("6 of 24 modules to prune");
    }

    @Test
    void everyGateThatSaysNoIsNamed() {
        Run run = Run.of(
                "score",
                Testdata.LLAMA,
                "-q",
                "--fail-on",
                "pruned>0",
                "--fail-on",
                "max-score>100",
                "--fail-on",
                "pruned-fraction>=0.25");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.errors())
                .containsExactly(
                        "splora: gate failed: pruned 6 > 0 (" + OFFENDERS + ")",
                        "splora: gate failed: pruned-fraction 0.25 >= 0.25 (" + OFFENDERS + ")");
    }

    @Test
    void aGateThatSaysYesIsExitCodeZero() {
        assertThat(Run.of("score", Testdata.LLAMA, "--fail-on", "pruned>6", "--fail-on", "max-score>1.95")
                        .code())
                .isZero();
    }

    @Test
    void everythingThatIsMissingIsNamedAtOnce() {
        Path nowhere = Path.of("/no/where");
        Run run = Run.of("score", new Testdata(nowhere, Path.of("testdata"), nowhere.resolve("else")));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .containsExactly(
                        "splora: --base '/no/where': no such file or folder",
                        "splora: --aligned testdata: no checkpoint here: neither model.safetensors nor pytorch_model.bin nor an"
                                + " index of either; name the folder or the file that holds the weights",
                        "splora: --adapter '/no/where/else': no such file or folder");
    }

    @Test
    void baseAndAlignedThatAreTheSameAreBadInput() {
        Testdata model = Testdata.LLAMA;
        Run run = Run.of("score", new Testdata(model.base(), model.base(), model.adapter()), "-q");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .containsExactly("splora: " + model.base() + ": none of the 24 selected layers differs from the base"
                        + " checkpoint; check that --base and --aligned name different models");
    }

    @Test
    void aStackTraceIsForTheVerboseOnly() {
        Testdata nowhere = new Testdata(Path.of("/no"), Path.of("/no"), Path.of("/no"));
        assertThat(Run.of("score", nowhere).err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(Run.of("score", nowhere, "-v").err())
                .startsWith("splora: --base '/no': no such file or folder")
                .contains("BadInputException")
                .contains("\tat io.github.splora.");
    }
}

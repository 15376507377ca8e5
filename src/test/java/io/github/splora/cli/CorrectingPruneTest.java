package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.splora.report.ModelCard;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Actions that correct modules instead of removing them. */
class CorrectingPruneTest {

    private static final List<String> ACTIONS = List.of("scale", "project", "attenuate", "deflate");

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("corrected");
    }

    private Run prune(Testdata model, String... more) {
        return Run.to(output, "prune", model, more);
    }

    static Stream<Arguments> modelsAndActions() {
        return Testdata.all().stream().flatMap(model -> ACTIONS.stream().map(action -> Arguments.of(model, action)));
    }

    @ParameterizedTest
    @MethodSource("modelsAndActions")
    void onlyTheFactorsOfSelectedModulesChange(Testdata model, String action) {
        Run run = prune(model, "--action", action, "--fraction", "0.4");
        RunReport.Parameters parameters = run.report().parameters();
        Double gain = parameters.gain();
        double left = gain == null ? 1 : Math.pow(gain, -2 / Objects.requireNonNull(parameters.gainExponent()));
        if (left >= 0.25) {
            assertThat(run.err()).doesNotContain("warning");
        } else {
            assertThat(run.err())
                    .containsOnlyOnce("warning")
                    .contains(
                            String.format(
                                    Locale.ROOT, "the filter kept only %.0f%% of the selected modules'", 100 * left),
                            String.format(Locale.ROOT, "--gain auto multiplies the rest by %.3g.", gain));
        }
        assertThat(run.code()).isZero();
        assertThat(run.pruned()).isNotEmpty();
        Map<String, ByteBuffer> old = Testdata.tensorsIn(model.adapter());
        Map<String, ByteBuffer> now = Testdata.tensorsIn(output);
        assertThat(now.keySet()).isEqualTo(old.keySet());
        List<String> changed = old.keySet().stream()
                .filter(name -> !old.get(name).equals(now.get(name)))
                .toList();
        assertThat(changed).allMatch(name -> isOf(name, run.pruned()));
        assertThat(run.pruned()).allMatch(module -> changed.stream().anyMatch(name -> isOf(name, List.of(module))));
        assertThat(old.keySet())
                .allMatch(name -> old.get(name).remaining() == now.get(name).remaining());
        assertThat(output.resolve("adapter_config.json"))
                .hasSameBinaryContentAs(model.adapter().resolve("adapter_config.json"));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.5, true", "2, true"})
    void whereAFilterLeavesLittleAWarningSaysWhatTheGainEnlarges(String exponent, boolean isWarned) {
        Run run =
                prune(Testdata.GPT2, "--action", "deflate", "--all", "--strength", "0.97", "--gain-exponent", exponent);
        assertThat(run.code()).isZero();
        assertThat(run.err().contains("of the selected modules' squared norm")).isEqualTo(isWarned);
    }

    @ParameterizedTest
    @MethodSource("modelsAndActions")
    void everyClientFindsTheModulesThatItHadBefore(Testdata model, String action) {
        prune(model, "--action", action, "--all");
        Run verified =
                Run.of("verify", output.toString(), "--aligned", model.aligned().toString());
        assertThat(verified.err()).isEmpty();
        assertThat(verified.code()).isZero();
        assertThat(headers(output)).isEqualTo(headers(model.adapter()));
    }

    /** Modules whose distances are all equal have no spread, and so no score; --all selects them anyway. */
    @Test
    void selectedModulesWithoutAScoreAreInTheMarkdownReportAndInTheModelCard() throws IOException {
        String first = "layers.0.q_proj";
        String second = "layers.1.q_proj";
        Run run = Run.of(
                "prune",
                "--base",
                checkpoint("base", first, second, 1, 0, 0, 1),
                "--aligned",
                checkpoint("aligned", first, second, 2, 1, 0, 1),
                "--adapter",
                adapter(first, second),
                "--action",
                "scale",
                "--all",
                "--output",
                output.toString(),
                "--format",
                "markdown");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("### splora: 2 of 2 modules scaled down\n")
                .contains("| `" + first + "` | - | ", "| `" + second + "` | - | ");
        assertThat(Files.readString(output.resolve("README.md")))
                .contains("2 of 2 LoRA modules were scaled down")
                .contains("| `" + first + "` | - | ", "| `" + second + "` | - | ");
    }

    private String checkpoint(String name, String first, String second, float... weight) {
        return new TinyCheckpoint()
                .tensor(TinyTensor.of(first + ".weight", List.of(2L, 2L), weight))
                .tensor(TinyTensor.of(second + ".weight", List.of(2L, 2L), weight))
                .writeTo(folder.resolve(name))
                .toString();
    }

    private String adapter(String... modules) {
        TinyAdapter adapter = new TinyAdapter();
        for (String module : modules) {
            String prefix = "base_model.model." + module;
            adapter.tensor(TinyTensor.of(prefix + ".lora_A.weight", List.of(2L, 2L), 1, 2, 3, 4))
                    .tensor(TinyTensor.of(prefix + ".lora_B.weight", List.of(2L, 2L), 1, 0, 0, 1));
        }
        return adapter.writeTo(folder.resolve("adapter")).toString();
    }

    /** Returns names, shapes, ranks and scalings. */
    private static List<String> headers(Path adapter) {
        Map<String, String> rows = new TreeMap<>();
        Run.of("inspect", adapter.toString(), "--format", "json")
                .json()
                .get("modules")
                .forEach(module -> rows.put(module.get("name").textValue(), module.toString()));
        return List.copyOf(rows.values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scale", "project"})
    void strengthZeroLeavesEveryByteAsItWas(String action) {
        prune(Testdata.LLAMA, "--action", action, "--all", "--strength", "0");
        assertThat(Testdata.tensorsIn(output)).isEqualTo(Testdata.tensorsIn(Testdata.LLAMA.adapter()));
    }

    @Test
    void allMeansEveryModuleThatAnythingCanBeDoneTo() {
        Run run = prune(Testdata.PATTERNS, "--action", "scale", "--all");
        assertThat(run.pruned()).hasSize(41);
        assertThat(run.report().parameters().rule()).isEqualTo("all");
        assertThat(run.report().modules())
                .filteredOn(row -> row.unscored() != null)
                .extracting(row -> row.unscored() + " " + row.decision())
                .containsExactly("zero-delta keep");
    }

    @Test
    void halfTheStrengthOfScaleIsHalfTheDelta() {
        prune(Testdata.LLAMA, "--action", "scale", "--all");
        RunReport before = Run.of("score", Testdata.LLAMA, "--format", "json").report();
        RunReport after = Run.of("score", Testdata.LLAMA.withAdapter(output), "--format", "json")
                .report();
        for (int i = 0; i < before.modules().size(); i++) {
            assertThat(after.modules().get(i).deltaNorm()
                            / before.modules().get(i).deltaNorm())
                    .isCloseTo(0.5, org.assertj.core.api.Assertions.within(1e-6));
        }
    }

    @Test
    void littleOfWhatWasDeflatedLiesInTheSubspaces() {
        prune(Testdata.LLAMA, "--action", "deflate", "--all", "--strength", "0.95");
        RunReport after = Run.of(
                        "score",
                        Testdata.LLAMA.withAdapter(output),
                        "--metric",
                        "overlap",
                        "--energy",
                        "0.7",
                        "--count",
                        "1",
                        "--format",
                        "json")
                .report();
        assertThat(after.summary().maxScore()).isLessThan(0.05);
        RunReport before = Run.of(
                        "score",
                        Testdata.LLAMA,
                        "--metric",
                        "overlap",
                        "--energy",
                        "0.7",
                        "--count",
                        "1",
                        "--format",
                        "json")
                .report();
        assertThat(before.summary().maxScore()).isGreaterThan(0.1);
    }

    @ParameterizedTest
    @MethodSource("modelsAndActions")
    void savedScoresLeadToTheSameBytes(Testdata model, String action) throws IOException {
        prune(model, "--action", action, "--fraction", "0.4", "--reference", "subspace", "--energy", "0.8");
        Map<String, ByteBuffer> atOnce = Testdata.tensorsIn(output);
        Path scores = folder.resolve("scores.json");
        Files.writeString(
                scores,
                Run.of("score", model, "--reference", "subspace", "--energy", "0.8", "--format", "json")
                        .out());
        output = folder.resolve("again");

        Run run = prune(model, "--action", action, "--fraction", "0.4", "--scores", scores.toString());

        assertThat(run.err()).doesNotContain("splora: /");
        assertThat(Testdata.tensorsIn(output)).isEqualTo(atOnce);
    }

    @Test
    void aProjectionFollowsTheReference() {
        prune(Testdata.LLAMA, "--action", "project", "--all");
        Map<String, ByteBuffer> published = Testdata.tensorsIn(output);
        output = folder.resolve("true");
        prune(Testdata.LLAMA, "--action", "project", "--all", "--reference", "subspace");
        assertThat(Testdata.tensorsIn(output)).isNotEqualTo(published);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scale", "project", "attenuate", "deflate", "restore", "repair"})
    void theReportStatesTheRanksAndNormsOfTheNewAdapter(String action) {
        RunReport before =
                prune(Testdata.LLAMA, "--action", action, "--fraction", "0.4").report();
        RunReport after = Run.of("score", Testdata.LLAMA.withAdapter(output), "--format", "json")
                .report();
        assertThat(before.hasCorrected()).isTrue();
        Map<String, ModuleRow> rows = after.modules().stream().collect(Collectors.toMap(ModuleRow::name, row -> row));
        assertThat(rows).hasSize(before.modules().size() + before.addedModules().size());
        for (ModuleRow row : before.modules()) {
            ModuleRow now = rows.get(row.name());
            assertThat(row.correctedNorm() != null).isEqualTo(row.goes());
            if (row.goes()) {
                assertThat(now.rank()).isEqualTo(row.correctedRank());
                assertThat(now.deltaNorm()).isCloseTo(row.correctedNorm(), withinPercentage(0.001));
            }
        }
    }

    @Test
    void theReportAndTheCardSayWhatWasDone() throws IOException {
        Run run = prune(Testdata.LLAMA, "--action", "deflate", "--all", "--strength", "0.8", "--gain", "1.3");
        RunReport.Parameters parameters = run.report().parameters();
        assertThat(parameters.action()).isEqualTo("deflate");
        assertThat(parameters.strength()).isEqualTo(0.8);
        assertThat(parameters.actionEnergy()).isNull();
        assertThat(parameters.gainExponent()).isNull();
        assertThat(parameters.gain()).isEqualTo(1.3);
        assertThat(Files.readString(output.resolve(ModelCard.FILE_NAME)))
                .contains(
                        "## Corrected with splora",
                        "24 of 24 LoRA modules were deflated",
                        "deflate with strength 0.8, gain 1.3");
        Run table = Run.of(
                "prune",
                Testdata.LLAMA,
                "--action",
                "scale",
                "--output",
                folder.resolve("t").toString());
        assertThat(table.out()).contains("6 of 24 modules scaled down (");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--action drop --strength 0.5      | --strength requires --action scale, project, attenuate, deflate or repair (got drop)",
                "--action scale --strength 1.5     | --strength 1.5: must be a number from 0 to 1",
                "--action scale --action-energy .5 | --action-energy requires --action attenuate (got scale)",
                "--action attenuate --action-energy 0| --action-energy 0.0: must be above 0 and at most 1",
                "--action deflate --action-energy .6| --action-energy requires --action attenuate (got deflate)",
                "--action attenuate --gain 2       | --gain requires --action deflate or repair (got attenuate)",
                "--action attenuate --gain auto    | --gain requires --action deflate or repair (got attenuate)",
                "--action deflate --gain 0         | --gain 0.0: must be auto or a number above 0",
                "--action deflate --gain much      | must be auto or a number above 0 (got 'much')",
                "--action deflate --gain 2 --gain-exponent 1 | --gain-exponent requires --gain auto (got 2.0)",
                "--action deflate --gain-exponent -1 | --gain-exponent -1.0: must be auto or a number from 0 to 10",
                "--action deflate --strength 1     | --strength 1.0: must be between 0 and 1 (exclusive) for --action deflate",
                "--action repair --strength 0      | --strength 0.0: must be between 0 and 1 (exclusive) for --action repair",
                "--action deflate --restore .2     | --restore requires --action restore, repair or confine (got deflate)",
                "--action restore --restore 0      | --restore 0.0: must be above 0 for --action restore",
                "--action restore --restore-rank 0 | --restore-rank 0: must be a whole number from 1 to 256",
                "--action repair --restore-rank 1.5| --restore-rank 1.5: must be a whole number from 1 to 256",
                "--reference subspace --energy 2   | --energy 2.0: must be above 0 and at most 1",
                "--metric overlap --reference alignment --count 1 | --metric overlap requires --reference subspace (got alignment)",
                "--all --count 2                   | --count=N, --all are mutually exclusive",
            })
    void whatDoesNotFitTogetherIsWrongUsage(String options, String message) {
        Run run = prune(Testdata.LLAMA, options.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
        assertThat(output).doesNotExist();
    }

    @Test
    void anAdapterThatAddsMoreThanItsFactorsIsRefused() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("pissa"))
                .withConfig("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"");
        Run run = prune(model, "--action", "deflate", "--all");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err())
                .contains("init_lora_weights pissa: loading this adapter changes the base weights of all its"
                        + " modules, so new factors would not determine everything that a module adds; use"
                        + " --action drop");
        assertThat(output).doesNotExist();
    }

    private static boolean isOf(String tensor, List<String> modules) {
        return modules.stream().anyMatch(module -> tensor.startsWith("base_model.model." + module + ".lora_"));
    }
}

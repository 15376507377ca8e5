package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PruneCommandTest {

    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("pruned");
    }

    private Run prune(Testdata model, String... more) {
        return Run.to(output, "prune", model, more);
    }

    private static boolean isOf(String tensor, List<String> modules) {
        return modules.stream().anyMatch(module -> tensor.startsWith("base_model.model." + module + ".lora_"));
    }

    private static Map<String, ByteBuffer> tensorsWithout(Path adapter, List<String> modules) {
        Map<String, ByteBuffer> tensors = Testdata.tensorsIn(adapter);
        tensors.keySet().removeIf(name -> isOf(name, modules));
        return tensors;
    }

    static List<Testdata> models() {
        return Testdata.all();
    }

    static Stream<Arguments> modelsAndStyles() {
        return models().stream()
                .flatMap(model -> Stream.of("exclude", "targets").map(style -> Arguments.of(model, style)));
    }

    @ParameterizedTest
    @MethodSource("models")
    void exactlyThePrunedModulesAreGoneAndTheRestIsBitIdentical(Testdata model) {
        Run run = prune(model);
        assertThat(run.code()).isZero();
        assertThat(run.pruned()).isNotEmpty();
        assertThat(Testdata.tensorsIn(output)).isEqualTo(tensorsWithout(model.adapter(), run.pruned()));
    }

    @ParameterizedTest
    @MethodSource("modelsAndStyles")
    void theRestLoadsAsBeforeWithTheSameRanksAndScalings(Testdata model, String style) {
        Run run = prune(model, "--fraction", "0.6", "--config-style", style);
        Run verified =
                Run.of("verify", output.toString(), "--aligned", model.aligned().toString());
        assertThat(verified.err()).isEmpty();
        List<JsonNode> expected = modules(model.adapter());
        expected.removeIf(module -> run.pruned().contains(module.get("name").textValue()));
        assertThat(modules(output)).isEqualTo(expected);
    }

    private static List<JsonNode> modules(Path adapter) {
        List<JsonNode> modules = new ArrayList<>();
        Run.of("inspect", adapter.toString(), "--format", "json")
                .json()
                .get("modules")
                .forEach(modules::add);
        return modules;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23})
    void aCountRemovesExactlySoManyModules(int count) {
        Run run = prune(Testdata.LLAMA, "--count", String.valueOf(count));
        assertThat(run.code()).isZero();
        assertThat(Testdata.tensorsIn(output)).hasSize(2 * (24 - count));
        assertThat(run.pruned()).hasSize(count);
    }

    @Test
    void aCountOfZeroKeepsTheConfigsBytes() {
        prune(Testdata.LLAMA, "--count", "0");
        assertThat(output.resolve(CONFIG))
                .hasSameBinaryContentAs(Testdata.LLAMA.adapter().resolve(CONFIG));
        assertThat(Testdata.tensorsIn(output)).isEqualTo(Testdata.tensorsIn(Testdata.LLAMA.adapter()));
    }

    @Test
    void droppingEveryModuleIsRefusedAndNothingIsWritten() {
        Run run = prune(Testdata.LLAMA, "--count", "24", "-q");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .containsExactly("splora: " + Testdata.LLAMA.adapter() + ": every module would be removed, and"
                        + " PEFT rejects an adapter that targets nothing; ship the aligned model without an"
                        + " adapter, or use"
                        + " --action zero");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void zeroingEveryModuleIsFine() {
        assertThat(prune(Testdata.LLAMA, "--count", "24", "--action", "zero").code())
                .isZero();
        assertThat(Testdata.tensorsIn(output)).hasSize(48).allSatisfy((name, bytes) -> assertThat(isZero(bytes))
                .isEqualTo(name.contains("lora_B")));
    }

    private static boolean isZero(ByteBuffer bytes) {
        return bytes.equals(ByteBuffer.allocate(bytes.remaining()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop", "zero"})
    void aCountAboveTheNumberOfModulesIsRefused(String action) {
        Run run = prune(Testdata.LLAMA, "--count", "25", "--action", action, "-q");
        assertThat(run)
                .isEqualTo(new Run(
                        4,
                        "",
                        "splora: --count: 25: only 24 modules have a score and can be pruned"
                                + System.lineSeparator()));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDropNamesTheModulesInExcludeModulesAndLeavesTheOtherKeys() {
        List<String> pruned = prune(Testdata.LLAMA, "--count", "2").pruned();
        assertThat(pruned).containsExactly("model.layers.0.self_attn.o_proj", "model.layers.2.self_attn.q_proj");
        JsonNode before = StrictJson.readObject(Testdata.LLAMA.adapter().resolve(CONFIG));
        JsonNode after = StrictJson.readObject(output.resolve(CONFIG));
        assertThat(after.properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(
                        before.properties().stream().map(Map.Entry::getKey).toList());
        after.properties().forEach(entry -> {
            if (entry.getKey().equals("exclude_modules")) {
                assertThat(entry.getValue())
                        .extracting(JsonNode::textValue)
                        .containsExactly("layers.0.self_attn.o_proj", "layers.2.self_attn.q_proj");
            } else {
                assertThat(entry.getValue()).as(entry.getKey()).isEqualTo(before.get(entry.getKey()));
            }
        });
    }

    @Test
    void theRewrittenConfigIsLaidOutAsPeftDoes() throws IOException {
        prune(Testdata.LLAMA, "--count", "1");
        assertThat(Files.readString(output.resolve(CONFIG)).stripTrailing())
                .isEqualTo(Files.readString(Testdata.LLAMA.adapter().resolve(CONFIG))
                        .stripTrailing()
                        .replace(
                                "\"exclude_modules\": null",
                                "\"exclude_modules\": [\n    \"layers.0.self_attn.o_proj\"\n  ]"));
    }

    @Test
    void theTargetsStyleNamesWhatIsLeft() {
        prune(Testdata.LLAMA, "--count", "22", "--config-style", "targets");
        JsonNode config = StrictJson.readObject(output.resolve(CONFIG));
        assertThat(config.get("target_modules"))
                .extracting(JsonNode::textValue)
                .containsExactly("layers.5.self_attn.k_proj", "layers.5.self_attn.q_proj");
        assertThat(config.get("exclude_modules").isNull()).isTrue();
    }

    @Test
    void patternEntriesOfRemovedModulesGo() {
        prune(Testdata.GPT2, "--count", "5");
        JsonNode config = StrictJson.readObject(output.resolve(CONFIG));
        assertThat(config.get("rank_pattern")).isEmpty();
        assertThat(config.get("alpha_pattern").toString()).isEqualTo("{\"h\\\\.1\\\\..*\":5}");
    }

    @Test
    void zeroKeepsTheConfigsBytesAndTouchesTheSelectedBOnly() {
        List<String> pruned =
                prune(Testdata.PATTERNS, "--count", "3", "--action", "zero").pruned();
        assertThat(output.resolve(CONFIG))
                .hasSameBinaryContentAs(Testdata.PATTERNS.adapter().resolve(CONFIG));
        Map<String, ByteBuffer> expected = Testdata.tensorsIn(Testdata.PATTERNS.adapter());
        expected.replaceAll((name, bytes) ->
                name.contains("lora_B") && isOf(name, pruned) ? ByteBuffer.allocate(bytes.remaining()) : bytes);
        assertThat(Testdata.tensorsIn(output)).isEqualTo(expected);
    }

    @Test
    void zeroIsRefusedWhereLoadingChangesTheBaseWeightsAndNothingIsWritten() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("adapter"))
                .withConfig("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"");
        Run run = prune(model, "--count", "1", "--action", "zero");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .containsExactly("splora: " + model.adapter().resolve(CONFIG) + ": init_lora_weights pissa:"
                        + " loading this adapter changes the base weights of all its modules, so zeroing a"
                        + " module would not restore the aligned one; use --action drop");
        assertThat(output).doesNotExist();
    }

    @Test
    void aDropWarnsWhereNothingIsKnownOfWhatLoadingDoesToTheBaseWeights() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("adapter"))
                .withConfig("\"init_lora_weights\": true", "\"init_lora_weights\": \"of_the_future\"");
        Run run = prune(model, "--count", "1");
        String warning =
                "init_lora_weights 'of_the_future': loading the adapter also changes the base weights, so a module"
                        + " adds more than s*BA; its score describes only s*BA";
        assertThat(run.code()).isZero();
        assertThat(run.errors()).contains("splora: warning: " + warning);
        assertThat(run.report().warnings())
                .containsExactly(
                        warning,
                        "1 part of the fine-tune changes the model but is not scored: init_lora_weights (setting)");
    }

    @ParameterizedTest
    @CsvSource({"drop", "zero"})
    void pruningTheResultByTheSameMarkChangesNothing(String action) {
        // A norm does not depend on other modules, so leaving one out in the first run changes no other score.
        String[] rule = {"--metric", "frobenius", "--threshold", "2.4", "--action", action};
        assertThat(prune(Testdata.LLAMA, rule).pruned()).hasSize(8);
        Path twice = folder.resolve("twice");
        assertThat(Run.to(twice, "prune", Testdata.LLAMA.withAdapter(output), rule)
                        .pruned())
                .isEmpty();
        assertThat(twice.resolve(CONFIG)).hasSameBinaryContentAs(output.resolve(CONFIG));
        assertThat(twice.resolve(WEIGHTS)).hasSameBinaryContentAs(output.resolve(WEIGHTS));
    }

    @Test
    void aSecondDropAddsToTheFirst() {
        prune(Testdata.LLAMA, "--count", "2");
        Path twice = folder.resolve("twice");
        List<String> more = Run.to(twice, "prune", Testdata.LLAMA.withAdapter(output), "--count", "1")
                .pruned();
        assertThat(StrictJson.readObject(twice.resolve(CONFIG)).get("exclude_modules"))
                .extracting(JsonNode::textValue)
                .containsExactly(
                        "layers.0.self_attn.o_proj",
                        "layers.2.self_attn.q_proj",
                        more.get(0).substring("model.".length()));
        assertThat(Testdata.tensorsIn(twice)).hasSize(42);
    }

    @Test
    void twoRunsWriteTheSameBytes() {
        prune(Testdata.LLAMA);
        Path again = folder.resolve("again");
        Run.to(again, "prune", Testdata.LLAMA);
        assertThat(again.resolve(CONFIG)).hasSameBinaryContentAs(output.resolve(CONFIG));
        assertThat(again.resolve(WEIGHTS)).hasSameBinaryContentAs(output.resolve(WEIGHTS));
    }

    @Test
    void blocksGoWhole() {
        prune(Testdata.LLAMA, "--count", "2", "--granularity", "block");
        assertThat(Testdata.tensorsIn(output))
                .hasSize(2 * 16)
                .doesNotContainKey("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight");
    }

    @Test
    void modulesLeftOutAreKept() {
        List<String> pruned = prune(Testdata.LLAMA, "--include", "layers.0.*", "--population", "all", "--count", "4")
                .pruned();
        assertThat(pruned).hasSize(4).allMatch(name -> name.startsWith("model.layers.0."));
        assertThat(Testdata.tensorsIn(output)).hasSize(40);
    }

    @Test
    void theReportBesideTheAdapterIsTheJsonThatIsPrinted() throws IOException {
        Run run = prune(Testdata.LLAMA, "--config-style", "targets");
        assertThat(Files.readString(output.resolve("splora-report.json"))).isEqualTo(run.out());
        assertThat(run.report().parameters().action()).isEqualTo("drop");
        assertThat(run.report().parameters().configStyle()).isEqualTo("targets");
    }

    @Test
    void itSaysWhereItWrote() {
        assertThat(prune(Testdata.LLAMA).errors()).endsWith("splora: wrote " + output);
        assertThat(Run.to(folder.resolve("quiet"), "prune", Testdata.LLAMA, "-q")
                        .err())
                .isEmpty();
    }

    @Test
    void otherFilesOfTheAdapterComeAlong() throws IOException {
        prune(Testdata.LLAMA);
        assertThat(Files.readString(output.resolve("README.md")))
                .startsWith(Files.readString(Testdata.LLAMA.adapter().resolve("README.md")));
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("README.md", CONFIG, WEIGHTS, "splora-report.json");
        }
    }

    @Test
    void aDryRunDecidesAndWritesNothing() {
        Run dry = prune(Testdata.LLAMA, "--count", "3", "--dry-run");
        assertThat(dry.code()).isZero();
        assertThat(dry.errors()).endsWith("splora: dry run: nothing was written");
        assertThat(folder).isEmptyDirectory();
        assertThat(dry.report().modules())
                .isEqualTo(prune(Testdata.LLAMA, "--count", "3").report().modules());
    }

    @Test
    void aGateThatSaysNoIsExitCodeThree() {
        Run run = prune(Testdata.LLAMA, "--fail-on", "pruned-fraction>0.2");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.errors()).anyMatch(line -> line.startsWith("splora: gate failed: pruned-fraction 0.25 > 0.2 ("));
        assertThat(run.pruned()).hasSize(6);
    }

    @Test
    void ofAnAdapterForAnotherModelEveryMismatchIsCountedAndNothingIsWritten() {
        Run run = prune(Testdata.GPT2.withAdapter(Testdata.LLAMA.adapter()));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .hasSize(2)
                .contains("splora: " + Testdata.GPT2.base()
                        + ": 24 of 24 modules, for example module 'model.layers.0.self_attn.k_proj': no tensor in this"
                        + " checkpoint matches this module of the adapter");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aMissingInputIsNamedAndNothingIsWritten() {
        Run run = prune(Testdata.LLAMA.withAdapter(folder.resolve("nowhere")));
        assertThat(run)
                .isEqualTo(new Run(
                        4,
                        "",
                        "splora: --adapter '" + folder.resolve("nowhere") + "': no such file or folder"
                                + System.lineSeparator()));
        assertThat(folder).isEmptyDirectory();
    }

    /** It says what was done, and only a dry run says what would be. */
    @Test
    void theTableSaysWhatWasDone() {
        Run done = Run.of(
                "prune", Testdata.LLAMA, "--output", folder.resolve("done").toString());
        assertThat(done.out()).startsWith("6 of 24 modules removed (").contains("  removed\n", "  kept\n");
        Run dry = Run.of("prune", Testdata.LLAMA, "--dry-run");
        assertThat(dry.out()).startsWith("6 of 24 modules to prune (").contains("  prune\n", "  keep\n");
    }
}

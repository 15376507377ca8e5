package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.Splora;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gates;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.pairing.RenamedTensors;
import io.github.splora.report.EffectRow;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.storage.DType;
import io.github.splora.storage.Values;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.tensor.KernelKind;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Merged fine-tunes are scored by what they add, and selected weights are restored to their aligned values. */
class MergedRunTest {

    private static final List<String> MODULES = IntStream.range(0, 4)
            .mapToObj(i -> "model.layers." + i / 2 + (i % 2 == 0 ? ".self_attn.q_proj" : ".mlp.up_proj"))
            .toList();
    private static final String NORM = "model.norm.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    Path folder;

    private Path base;
    private Path aligned;
    private Path adapted;
    private Path output;

    @BeforeEach
    void makeCheckpoints() {
        base = model(1, "").writeTo(folder.resolve("base"));
        aligned = model(2, "").config("{\"model_type\":\"llama\"}").writeTo(folder.resolve("aligned"));
        adapted = model(3, "").config("{\"model_type\":\"llama\"}").writeShardedTo(folder.resolve("adapted"));
        output = folder.resolve("out");
    }

    private static TinyCheckpoint model(long seed, String prefix) {
        TinyCheckpoint checkpoint = new TinyCheckpoint().seed(seed);
        MODULES.forEach(module -> checkpoint.random(prefix + module + ".weight", 6, 10));
        return checkpoint.random(prefix + NORM, 10).random(prefix + EMBEDDING, 7, 10);
    }

    private ScoreOptions options(MetricKind metric, List<String> include, SelectionRule rule) {
        return new ScoreOptions(
                base.toString(),
                aligned.toString(),
                List.of(),
                Optional.of(adapted.toString()),
                "main",
                Scheme.of(metric, ReferenceKind.ALIGNMENT, PopulationKind.ALL),
                include,
                List.of(),
                Optional.empty(),
                Optional.of(rule),
                Granularity.MODULE,
                ClientKind.PEFT,
                "cpu",
                KernelKind.DJL,
                Resources.of(2),
                Gates.NONE);
    }

    private RunReport score(MetricKind metric, String... include) {
        return splora().score(options(metric, List.of(include), new SelectionRule.Above(0)))
                .get(0);
    }

    private RunReport prune(int count) throws IOException {
        return splora().prune(new PruneOptions(
                        options(MetricKind.COSINE, List.of(), new SelectionRule.Highest(count)),
                        Optional.empty(),
                        output,
                        Surgery.of(ActionKind.DROP, ConfigStyle.EXCLUDE),
                        false,
                        false))
                .get(0);
    }

    private static Splora splora() {
        return new Splora(new HubCache(Path.of("target", "no-such-hub")), Progress.SILENT);
    }

    private static double[] values(Path model, String name) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return Values.of(checkpoint.tensor(name));
        }
    }

    private static double[] difference(double[] from, double[] minus) {
        return IntStream.range(0, from.length)
                .mapToDouble(i -> from[i] - minus[i])
                .toArray();
    }

    private static double inner(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] * other[i])
                .sum();
    }

    private static List<String> pruned(RunReport report) {
        return report.modules().stream()
                .filter(ModuleRow::goes)
                .map(ModuleRow::name)
                .toList();
    }

    @Test
    void aModulesDeltaIsTheDifferenceFromTheAlignedWeight() {
        RunReport report = score(MetricKind.COSINE);
        assertThat(report.modules()).extracting(ModuleRow::name).containsExactlyInAnyOrderElementsOf(MODULES);
        for (ModuleRow row : report.modules()) {
            String name = row.name() + ".weight";
            double[] delta = difference(values(adapted, name), values(aligned, name));
            double[] v = difference(values(aligned, name), values(base, name));
            double cosine = inner(delta, v) / Math.sqrt(inner(delta, delta) * inner(v, v));
            assertThat(row.cosine()).isCloseTo(cosine, within(1e-6));
            assertThat(row.distance()).isCloseTo(Math.sqrt(2 - 2 * cosine), within(1e-6));
            assertThat(row.deltaNorm()).isCloseTo(Math.sqrt(inner(delta, delta)), within(1e-5));
            assertThat(row.score()).isEqualTo(-row.cosine());
        }
        assertThat(report.inputs().adapter()).isNull();
        assertThat(report.inputs().subject()).isEqualTo(adapted.toString());
    }

    @Test
    void vectorsAreNoModulesAndAChangedOneIsToldOf() {
        assertThat(score(MetricKind.COSINE).warnings())
                .singleElement()
                .asString()
                .startsWith(
                        "2 parts of the fine-tune change the model but are not scored: model.embed_tokens (saved-weight),"
                                + " model.norm (vector); the scores judge ");
    }

    @Test
    void embeddingsTakePartWhenTheyAreAskedFor() {
        assertThat(score(MetricKind.COSINE, "embed_tokens", "q_proj").modules())
                .extracting(ModuleRow::name)
                .containsExactly(MODULES.get(0), MODULES.get(2), "model.embed_tokens");
    }

    @Test
    void nothingPrunedIsACopyTensorForTensor() throws IOException {
        prune(0);
        assertThat(output.resolve("model.safetensors.index.json"))
                .hasSameBinaryContentAs(adapted.resolve("model.safetensors.index.json"));
        assertThat(output.resolve("config.json")).hasSameBinaryContentAs(adapted.resolve("config.json"));
        for (String shard : List.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")) {
            assertThat(output.resolve(shard)).hasSameBinaryContentAs(adapted.resolve(shard));
        }
    }

    @Test
    void otherFilesComeAlongButNoOtherWeights() throws IOException {
        for (String file : List.of(
                "tokenizer.json",
                "pytorch_model.bin",
                "consolidated.00.pth",
                "model.gguf",
                "old.safetensors",
                "pytorch_model.bin.index.json")) {
            Files.writeString(adapted.resolve(file), file);
        }
        prune(1);
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "config.json",
                            "model-00001-of-00002.safetensors",
                            "model-00002-of-00002.safetensors",
                            "model.safetensors.index.json",
                            "splora-report.json",
                            "tokenizer.json");
        }
    }

    @Test
    void expertsAreModulesButNotTheirBiases() {
        adapted = new TinyCheckpoint()
                .seed(3)
                .random("model.layers.0.mlp.experts.down_proj", 2, 4, 6)
                .random("model.layers.0.mlp.experts.down_proj_bias", 2, 4)
                .writeTo(folder.resolve("experts"));
        aligned = new TinyCheckpoint()
                .seed(2)
                .random("model.layers.0.mlp.experts.down_proj", 2, 4, 6)
                .random("model.layers.0.mlp.experts.down_proj_bias", 2, 4)
                .writeTo(folder.resolve("experts-aligned"));
        base = new TinyCheckpoint()
                .seed(1)
                .random("model.layers.0.mlp.experts.down_proj", 2, 4, 6)
                .random("model.layers.0.mlp.experts.down_proj_bias", 2, 4)
                .writeTo(folder.resolve("experts-base"));
        assertThat(score(MetricKind.COSINE).modules())
                .extracting(ModuleRow::name)
                .containsExactly("model.layers.0.mlp.experts.down_proj");
    }

    @Test
    void allPrunedIsTheAlignedModelButForWhatIsNoModule() throws IOException {
        prune(4);
        for (String module : MODULES) {
            assertThat(values(output, module + ".weight")).isEqualTo(values(aligned, module + ".weight"));
        }
        assertThat(values(output, NORM)).isEqualTo(values(adapted, NORM));
        assertThat(values(output, EMBEDDING)).isEqualTo(values(adapted, EMBEDDING));
    }

    @Test
    void theHighestGetTheirAlignedWeightsBackAndAllElseStays() throws IOException {
        RunReport report = prune(2);
        assertThat(pruned(report)).hasSize(2);
        for (String module : MODULES) {
            Path expected = pruned(report).contains(module) ? aligned : adapted;
            assertThat(values(output, module + ".weight")).isEqualTo(values(expected, module + ".weight"));
        }
        assertThat(RunReport.read(output.resolve("splora-report.json"))).isEqualTo(report);
        assertThat(output.resolve("README.md"))
                .content()
                .startsWith("---\nlibrary_name: transformers\n---\n")
                .contains("2 of 4 weights were restored to the aligned model's values");
    }

    /** A weight with NaN cannot be scored, but its aligned values are known. */
    @Test
    void aNamedWeightGetsItsAlignedValuesWithoutAScore() throws IOException {
        String broken = MODULES.get(1);
        float[] values = new float[60];
        Arrays.fill(values, Float.NaN);
        TinyCheckpoint checkpoint = new TinyCheckpoint().seed(3).config("{\"model_type\":\"llama\"}");
        MODULES.stream()
                .filter(module -> !module.equals(broken))
                .forEach(module -> checkpoint.random(module + ".weight", 6, 10));
        adapted = checkpoint
                .tensor(TinyTensor.of(broken + ".weight", List.of(6L, 10L), values))
                .random(NORM, 10)
                .random(EMBEDDING, 7, 10)
                .writeTo(folder.resolve("broken"));
        RunReport report = splora().prune(new PruneOptions(
                        options(MetricKind.COSINE, List.of(), new SelectionRule.Highest(1)),
                        Optional.empty(),
                        output,
                        Surgery.of(ActionKind.DROP, ConfigStyle.EXCLUDE),
                        false,
                        false,
                        List.of("layers.0.mlp.up_proj"),
                        Optional.empty()))
                .get(0);
        assertThat(pruned(report)).hasSize(2).contains(broken);
        assertThat(report.summary().scored()).isEqualTo(3);
        for (String module : MODULES) {
            Path expected = pruned(report).contains(module) ? aligned : adapted;
            assertThat(values(output, module + ".weight")).isEqualTo(values(expected, module + ".weight"));
        }
    }

    @Test
    void aNameOfNoWeightIsRefused() {
        PruneOptions options = new PruneOptions(
                options(MetricKind.COSINE, List.of(), new SelectionRule.Highest(1)),
                Optional.empty(),
                output,
                Surgery.of(ActionKind.DROP, ConfigStyle.EXCLUDE),
                false,
                false,
                List.of("layers.9.*"),
                Optional.empty());
        assertThat(Refusal.of(() -> splora().prune(options)))
                .containsExactly(
                        "--prune-module: 'layers.9.*': matches no module of the merged checkpoint; its modules have"
                                + " names like '" + MODULES.get(1) + "'");
        assertThat(output).doesNotExist();
    }

    @Test
    void namesMayHaveOtherPrefixes() throws IOException {
        aligned = model(2, "language_model.").writeTo(folder.resolve("renamed"));
        prune(4);
        assertThat(values(output, MODULES.get(0) + ".weight"))
                .isEqualTo(values(aligned, "language_model." + MODULES.get(0) + ".weight"));
    }

    @Test
    void weightsOfAnotherTypeAreRoundedToNearest() throws IOException {
        TinyCheckpoint halves = new TinyCheckpoint();
        float[] exact = new float[60];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = (i - 30) / 64f;
        }
        MODULES.forEach(module -> halves.tensor(narrow(module + ".weight", DType.BF16, exact)));
        adapted = halves.random(NORM, 10).random(EMBEDDING, 7, 10).writeTo(folder.resolve("bf16"));
        RunReport report = prune(4);
        assertThat(report.warnings())
                .contains(
                        "4 of the aligned weights are stored in another data type than the merged weights and were rounded to it");
        for (String module : MODULES) {
            double[] original = values(aligned, module + ".weight");
            double[] rounded = values(output, module + ".weight");
            for (int i = 0; i < original.length; i++) {
                assertThat(rounded[i]).isCloseTo(original[i], within(Math.abs(original[i]) * 0x1p-8));
            }
        }
    }

    private static TinyTensor narrow(String name, DType dtype, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return new TinyTensor(name, dtype, List.of(6L, 10L), bytes.array());
    }

    @Test
    void everyWeightWithoutAPartnerIsNamedAndNothingIsWritten() {
        aligned = new TinyCheckpoint().random(MODULES.get(0) + ".weight", 6, 12).writeTo(folder.resolve("other"));
        List<String> problems = Refusal.of(() -> prune(1));
        assertThat(problems).hasSize(4);
        assertThat(problems.get(0))
                .isEqualTo(aligned + ": tensor '" + MODULES.get(1) + ".weight': no tensor here matches this"
                        + " weight of the merged checkpoint");
        assertThat(problems)
                .anyMatch(problem -> problem.contains(
                        "shape [6, 12]: the merged checkpoint has [6, 10]; was it made from this model?"));
        assertThat(output).doesNotExist();
    }

    @Test
    void aWeightThatTheFineTuneLeftAloneIsReportedAndKept() throws IOException {
        adapted = aligned;
        List<ModuleRow> rows = new ArrayList<>(score(MetricKind.COSINE).modules());
        assertThat(rows).allMatch(row -> "zero-delta".equals(row.unscored()) && !row.goes());
    }

    @Test
    void theOutputMustNotLieInAnInput() {
        output = adapted.resolve("out");
        assertThat(Refusal.of(() -> prune(1)))
                .singleElement()
                .asString()
                .contains("must not be, contain or be inside an input");
        assertThat(Files.exists(output)).isFalse();
    }

    @Test
    void picklesAreNotWrittenAgain() {
        adapted = Path.of("testdata/tiny-gpt2-pickled/aligned");
        base = Path.of("testdata/tiny-gpt2/base");
        aligned = Path.of("testdata/tiny-gpt2/aligned");
        assertThat(Refusal.of(() -> prune(1)))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("splora does not write pickles; save the model as safetensors first"));
        assertThat(output).doesNotExist();
    }

    @Test
    void refusesAnAdapterBesideTheWeights() throws IOException {
        Files.writeString(adapted.resolve("adapter_config.json"), "{}");
        assertThat(Refusal.of(() -> score(MetricKind.COSINE)))
                .singleElement()
                .asString()
                .contains("there is an adapter_config.json beside the weights");
        String file = adapted.toString();
        adapted = model(3, "").writeTo(folder.resolve("other")).resolve("model.safetensors");
        Files.writeString(folder.resolve("other/adapter_config.json"), "{}");
        assertThat(Refusal.of(() -> score(MetricKind.COSINE)))
                .singleElement()
                .asString()
                .contains("beside the weights")
                .doesNotContain(file);
    }

    @Test
    void listsTheFieldsOfTheConfigThatDiffer() {
        assertThat(settings("'rms_norm_eps': 0.1", "'rms_norm_eps': 0.1, 'text_config': {'head_dim': 3}"))
                .containsExactly("config.json text_config");
        assertThat(settings("", "'transformers_weights': 'other.safetensors'"))
                .containsExactly("config.json transformers_weights");
        assertThat(settings("'use_cache': true", "'use_cache': false")).isEmpty();
    }

    /** Transformers takes an index as a list of files, and loads all that they hold. */
    @Test
    void countsEveryTensorOfEveryShard() throws IOException {
        Path index = adapted.resolve("model.safetensors.index.json");
        String text = Files.readString(index);
        String without = text.replaceFirst("\"" + NORM + "\":\"[^\"]*\",?", "");
        assertThat(without).isNotEqualTo(text);
        Files.writeString(index, without);
        Path shard = adapted.resolve("model-00001-of-00002.safetensors");
        assertThat(score(MetricKind.COSINE).effects())
                .extracting(EffectRow::name)
                .contains("model.norm");

        Files.writeString(index, text);
        Files.copy(shard, adapted.resolve("model-00002-of-00002.safetensors"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(Refusal.of(() -> score(MetricKind.COSINE)))
                .singleElement()
                .asString()
                .contains("also holds a tensor of this name");
    }

    @ParameterizedTest
    @CsvSource({
        "F32, \"float32\", false",
        "F32, \"bfloat16\", true",
        "F16, \"bfloat16\", true",
        "BF16, \"float16\", true",
        "F64, \"float32\", true",
        "BF16, \"torch.float32\", false",
        "BF16, \"float8_e4m3fn\", true",
        "BF16, 7, true",
        "BF16, null, false",
    })
    void loadingInALowerPrecisionIsAChange(DType stored, String dtype, boolean expected) {
        for (String field : List.of("dtype", "torch_dtype")) {
            String config = "{\"model_type\": \"llama\", \"" + field + "\": " + dtype + "}";
            aligned = model(2, "").config(config).writeTo(folder.resolve("aligned"));
            TinyCheckpoint merged = new TinyCheckpoint().config(config);
            MODULES.forEach(module -> merged.zeros(module + ".weight", stored, 6, 10));
            adapted = merged.writeTo(folder.resolve("merged"));
            assertThat(score(MetricKind.COSINE).effects().stream()
                            .anyMatch(each -> each.name().equals("config.json dtype")))
                    .isEqualTo(expected);
        }
    }

    /** Transformers ignores the scales of layers that no quantization_config covers. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"model_type\": \"llama\"}; {\"model_type\": \"llama\"}; true",
                "{}; {\"quantization_config\": {\"quant_method\": \"fp8\"}}; false",
                "{\"quantization_config\": {\"quant_method\": \"fp8\"}}; {\"quantization_config\": {\"quant_method\": \"fp8\"}}; true",
                "{\"quantization_config\": {\"quant_method\": \"fp8\"}}; {}; true",
            })
    void refusesScalesThatLoadersIgnore(String ofAligned, String ofMerged, boolean isRefused) {
        aligned = model(2, "").config(ofAligned).writeTo(folder.resolve("aligned"));
        TinyCheckpoint merged = new TinyCheckpoint().config(ofMerged);
        MODULES.forEach(
                module -> merged.zeros(module + ".weight", DType.F8_E4M3, 6, 10).random(module + ".weight_scale", 1));
        adapted = merged.writeTo(folder.resolve("merged"));
        if (isRefused) {
            assertThat(Refusal.of(() -> score(MetricKind.COSINE)))
                    .isNotEmpty()
                    .allMatch(line -> line.contains("transformers would ignore its scales"));
        } else {
            assertThat(score(MetricKind.COSINE).modules()).hasSize(MODULES.size());
        }
    }

    /** Transformers renames a model as a whole, or starts what it does not find at random. */
    @ParameterizedTest
    @CsvSource({
        "model.layers.1.self_attn.q_proj.weight, _orig_mod.model.layers.1.self_attn.q_proj.weight, 1",
        "model.layers.1., language_model.layers.1., 2",
        "model.layers.1., model.language_model.layers.1., 2",
        "model.layers.1., layers.1., 2",
        "model., _orig_mod.model., 4",
        "model., MODEL., 4",
        "model., '', 0",
        "model., model., 0",
    })
    void aNameThatTransformersMayNotKnowIsAChange(String from, String to, int count) {
        TinyCheckpoint merged = new TinyCheckpoint().seed(3).config("{\"model_type\":\"llama\"}");
        MODULES.forEach(module -> merged.random((module + ".weight").replace(from, to), 6, 10));
        merged.random(NORM.replace(from, to), 10).random(EMBEDDING.replace(from, to), 7, 10);
        adapted = merged.writeTo(folder.resolve("renamed"));
        assertThat(score(MetricKind.COSINE).effects().stream()
                        .filter(each -> each.kind().equals("unknown-name")))
                .hasSize(count);
    }

    @Test
    void thePartsOfAModelMayBeRenamedEachInItsOwnWay() {
        aligned = new TinyCheckpoint()
                .seed(2)
                .config("{\"text_config\": {}}")
                .random("model.layers.0.q_proj.weight", 6, 10)
                .random("model.embed_tokens.weight", 7, 10)
                .random("visual.blocks.0.fc.weight", 6, 10)
                .random("lm_head.weight", 7, 10)
                .writeTo(folder.resolve("aligned-parts"));
        base = aligned;
        adapted = new TinyCheckpoint()
                .seed(3)
                .config("{\"text_config\": {}}")
                .random("model.language_model.layers.0.q_proj.weight", 6, 10)
                .random("model.language_model.embed_tokens.weight", 7, 10)
                .random("model.visual.blocks.0.fc.weight", 6, 10)
                .random("lm_head.weight", 7, 10)
                .writeTo(folder.resolve("merged-parts"));
        try (Checkpoint one = Checkpoint.open(adapted);
                Checkpoint other = Checkpoint.open(aligned)) {
            assertThat(RenamedTensors.in(one, other)).isEmpty();
        }
    }

    @Test
    void theConfigCountsAsAChangeIfTheAlignedModelHasNone() {
        aligned = model(2, "").writeTo(folder.resolve("bare"));
        assertThat(score(MetricKind.COSINE).effects())
                .extracting(EffectRow::name)
                .contains("config.json");
    }

    @Test
    void comparesTheFilesOfAModelsOwnCode() throws IOException {
        String code = "'auto_map': {'AutoModel': 'modeling_own.Own'}";
        settings(code, code);
        Files.createDirectory(adapted.resolve("parts"));
        Files.writeString(adapted.resolve("modeling_own.py"), "one = 1");
        Files.writeString(aligned.resolve("modeling_own.py"), "one = 1");
        Files.writeString(adapted.resolve("parts/other.py"), "two = 2");
        assertThat(score(MetricKind.COSINE).effects())
                .extracting(EffectRow::name)
                .containsOnlyOnce("parts/other.py")
                .doesNotContain("modeling_own.py");
    }

    /** Returns the settings that differ between an aligned and a merged model with these fields in their configs. */
    private List<String> settings(String ofAligned, String ofAdapted) {
        aligned = model(2, "").config(json(ofAligned)).writeTo(folder.resolve("aligned"));
        adapted = model(3, "").config(json(ofAdapted)).writeTo(folder.resolve("adapted"));
        return score(MetricKind.COSINE).effects().stream()
                .map(EffectRow::name)
                .filter(name -> name.startsWith("config.json"))
                .toList();
    }

    private static String json(String fields) {
        return ("{'model_type': 'llama'" + (fields.isEmpty() ? "" : ", " + fields) + "}").replace('\'', '"');
    }
}

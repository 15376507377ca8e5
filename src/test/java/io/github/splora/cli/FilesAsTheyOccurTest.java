package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.storage.DType;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as trainers, converters and caches leave them, through the whole program. */
class FilesAsTheyOccurTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final String SPOILED = "model.layers.2.self_attn.v_proj";

    @TempDir
    Path folder;

    @BeforeEach
    void writeModels() {
        model(1).writeTo(folder.resolve("base"));
        model(2).writeTo(folder.resolve("aligned"));
    }

    private static List<String> names() {
        return IntStream.range(0, 4)
                .boxed()
                .flatMap(i -> Stream.of("q_proj", "v_proj").map(type -> "model.layers." + i + ".self_attn." + type))
                .toList();
    }

    private static TinyCheckpoint model(long seed) {
        TinyCheckpoint model = new TinyCheckpoint().seed(seed).config("{\"model_type\": \"llama\"}");
        names().forEach(name -> model.random(name + ".weight", 6, 4));
        return model;
    }

    private static TinyAdapter adapter() {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name -> adapter.module(name, 6, 4));
        return adapter;
    }

    private Run run(String command, String adapter, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> args = Stream.concat(
                        Stream.of(
                                command,
                                "-q",
                                "--base",
                                folder.resolve("base").toString(),
                                "--aligned",
                                folder.resolve("aligned").toString(),
                                "--adapter",
                                adapter),
                        Stream.of(more))
                .toList();
        int code = Main.run(
                args.toArray(String[]::new),
                new PrintWriter(out),
                new PrintWriter(err),
                new HubCache(folder.resolve("hub")),
                Terminal.NONE);
        return new Run(code, out.toString(), err.toString());
    }

    private Path cached(String repository) throws IOException {
        Path home = folder.resolve("hub/models--" + repository.replace("/", "--"));
        Files.createDirectories(home.resolve("refs"));
        Files.writeString(home.resolve("refs/main"), COMMIT);
        return Files.createDirectories(home.resolve("snapshots").resolve(COMMIT));
    }

    /** Writes models with two towers of text, whose layers {@code names()} do not tell apart. */
    private void writeTowers() {
        for (int seed = 1; seed <= 2; seed++) {
            TinyCheckpoint model = new TinyCheckpoint().seed(seed);
            names().stream()
                    .flatMap(name -> Stream.of("thinker." + name, "talker." + name))
                    .forEach(name -> model.random(name + ".weight", 6, 4));
            model.writeTo(folder.resolve(seed == 1 ? "base" : "aligned"));
        }
        adapter().seed(3).writeTo(folder.resolve("bare"));
        TinyAdapter full = new TinyAdapter();
        names().forEach(name -> full.module("talker." + name, 6, 4));
        full.seed(3).writeTo(folder.resolve("full"));
    }

    @Test
    void aTowerIsChosenWhereAModuleFitsTwo() {
        writeTowers();
        String bare = folder.resolve("bare").toString();
        Run refused = run("score", bare);
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(refused.err())
                .contains("several tensors match this module of the adapter; choose one with --tower talker or --tower"
                        + " thinker");
        Run chosen = run("score", bare, "--tower", "talker", "--metric", "cosine", "--format", "csv");
        Run exact = run("score", folder.resolve("full").toString(), "--metric", "cosine", "--format", "csv");
        assertThat(chosen.code()).isZero();
        assertThat(alignmentNorms(chosen)).hasSize(8).isEqualTo(alignmentNorms(exact));
        Run other = run("score", bare, "--tower", "thinker", "--metric", "cosine", "--format", "csv");
        assertThat(other.code()).isZero();
        assertThat(alignmentNorms(other)).hasSize(8).doesNotContainAnyElementsOf(alignmentNorms(exact));
        Run scan = run("scan", bare, "--tower", "talker");
        assertThat(scan.out()).contains("fits      yes").contains("--tower talker");
    }

    private static List<String> alignmentNorms(Run csv) {
        return csv.out().lines().skip(1).map(line -> line.split(",", -1)[14]).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"score", "prune", "repair"})
    void aTowerThatTheModelLacksIsRefused(String command) {
        writeTowers();
        List<String> more = List.of("prune", "repair").contains(command)
                ? List.of("--tower", "talk", "--output", folder.resolve("out").toString())
                : List.of("--tower", "talk");
        Run refused = run(command, folder.resolve("bare").toString(), more.toArray(String[]::new));
        assertThat(refused.out() + refused.err())
                .contains("--tower talk: no tensors", "the towers here are [talker.model, thinker.model]");
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void theRecordedCommandNamesTheTower() {
        writeTowers();
        Run pruned = run(
                "prune",
                folder.resolve("bare").toString(),
                "--tower",
                "talker",
                "--metric",
                "cosine",
                "--count",
                "2",
                "--output",
                folder.resolve("out").toString());
        assertThat(pruned.code()).as(pruned.err()).isZero();
        assertThat(folder.resolve("out/splora-report.json")).content().containsPattern("\"--tower\",\\s*\"talker\"");
        String[] verify = {
            "verify",
            folder.resolve("bare").toString(),
            "--aligned",
            folder.resolve("aligned").toString()
        };
        assertThat(Run.of(Run.join(verify, "--tower", "talker")).code()).isZero();
        assertThat(Run.of(verify).err()).contains("--tower talker or --tower thinker");
        assertThat(Run.of(Run.join(verify, "--tower", "talk")).err()).contains("--tower talk: no tensors lie below");
    }

    @Test
    void aCachedRepositoryOfAdaptersStandsForAllOfThem() throws IOException {
        Path snapshot = cached("acme/many");
        adapter().seed(3).writeTo(snapshot.resolve("step-100"));
        adapter().seed(4).writeTo(snapshot.resolve("step-200"));
        Path local = folder.resolve("local");
        adapter().seed(3).writeTo(local.resolve("step-100"));
        adapter().seed(4).writeTo(local.resolve("step-200"));
        Run expected = run("score", local.toString(), "--metric", "cosine", "--format", "csv");
        Run all = run("score", "acme/many", "--metric", "cosine", "--format", "csv");
        assertThat(all.code()).isZero();
        assertThat(all.out()).isEqualTo(expected.out().replace(local.toString(), "acme/many"));
        Run one = run("score", "acme/many/step-100@main", "--metric", "cosine", "--format", "csv");
        Run ofLocal = run("score", local.resolve("step-100").toString(), "--metric", "cosine", "--format", "csv");
        assertThat(one.code()).isZero();
        assertThat(one.out()).isEqualTo(ofLocal.out());
    }

    @Test
    void severalAdaptersOfACachedRepositoryAreWrittenUnderTheirNames() throws IOException {
        Path snapshot = cached("acme/many");
        adapter().seed(3).writeTo(snapshot.resolve("step-100"));
        adapter().seed(4).writeTo(snapshot.resolve("step-200"));
        Run run = run(
                "prune",
                "acme/many@main",
                "--count",
                "1",
                "--output",
                folder.resolve("out").toString());
        assertThat(run.err()).isEmpty();
        assertThat(folder.resolve("out/step-100/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("out/step-200/adapter_model.safetensors")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "peft, _orig_mod.base_model.model.",
        "peft, ''",
        "peft, module.base_model.model.",
        "peft, base_model.model.base_model.model.",
        "vllm, _orig_mod.base_model.model.",
        "vllm, base_model.model._orig_mod."
    })
    void keysThatTheClientWouldIgnoreAreNotWritten(String client, String prefix) {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name ->
                adapter.random(prefix + name + ".lora_A.weight", 2, 4).random(prefix + name + ".lora_B.weight", 6, 2));
        adapter.writeTo(folder.resolve("adapter"));
        Path output = folder.resolve("out");
        Run run = run(
                "prune",
                folder.resolve("adapter").toString(),
                "--count",
                "1",
                "--client",
                client,
                "--output",
                output.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors()).singleElement().asString().contains("tensor '" + prefix + "model.layers.0");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prune", "repair"})
    void aTrainersFolderLeavesItsStateBehindWithOneWarning(String command) throws IOException {
        Path checkpoint = adapter().writeTo(folder.resolve("checkpoint-500"));
        for (String file : List.of("README.md", "tokenizer.json", "optimizer.pt", "rng_state.pth", "model.gguf")) {
            Files.writeString(checkpoint.resolve(file), "{}");
        }
        Path state = Files.createDirectory(checkpoint.resolve("global_step500"));
        Files.writeString(state.resolve("mp_rank_00_model_states.pt"), "states");
        Path output = folder.resolve("out");
        assertThat(run(command, checkpoint.toString(), "--output", output.toString())
                        .code())
                .isZero();
        try (Stream<Path> written = Files.list(output)) {
            assertThat(written.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "tokenizer.json",
                            "adapter_config.json",
                            "adapter_model.safetensors",
                            "splora-report.json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"score", "verify"})
    void aPartitionOfZero3IsToldOnce(String command) {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name -> adapter.random("base_model.model." + name + ".lora_A.weight", 2, 4)
                .random("base_model.model." + name + ".lora_B.weight", 0));
        adapter.writeTo(folder.resolve("adapter"));
        Run run = command.equals("verify")
                ? Run.of("verify", folder.resolve("adapter").toString())
                : run(command, folder.resolve("adapter").toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .contains(
                        "8 of 16 tensors", "layers.0.self_attn.q_proj.lora_B.weight', shape [0]", "ZeRO-3", "gathered");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"fine_tune_type\": \"lora\", \"num_layers\": 8, \"lora_parameters\": {\"rank\": 8, \"scale\": 2.0}}",
                "{\"fine_tune_type\": \"dora\", \"num_layers\": -1}",
                "{\"lora_layers\": 8, \"lora_parameters\": {\"rank\": 8}}"
            })
    void anAdapterOfMlxIsNamedWithTheWayOn(String config) throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), config);
        new TinyCheckpoint()
                .random("model.layers.0.self_attn.q_proj.lora_a", 4, 2)
                .writeTo(folder.resolve("x"));
        Files.move(folder.resolve("x/model.safetensors"), adapter.resolve("adapters.safetensors"));
        for (Run run : List.of(
                run("score", adapter.toString()),
                Run.of("verify", adapter.toString()),
                Run.of("inspect", adapter.toString()))) {
            assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(run.errors())
                    .singleElement()
                    .asString()
                    .contains("MLX's format", "lora_A = lora_a transposed", "--adapted");
        }
    }

    @ParameterizedTest
    @CsvSource({"--aligned, base_model.model.", "--base, ''", "--adapted, base_model.model.", "--adapted, ''"})
    void aPeftModelThatWasNotMergedIsToldOnce(String option, String prefix) {
        TinyCheckpoint full = new TinyCheckpoint();
        names().forEach(name -> full.random(prefix + name + ".base_layer.weight", 6, 4)
                .random(prefix + name + ".lora_A.default.weight", 2, 4)
                .random(prefix + name + ".lora_B.default.weight", 6, 2));
        String model = full.writeTo(folder.resolve("full")).toString();
        String adapter = adapter().writeTo(folder.resolve("adapter")).toString();
        String base = option.equals("--base") ? model : folder.resolve("base").toString();
        String aligned =
                option.equals("--aligned") ? model : folder.resolve("aligned").toString();
        Run run = option.equals("--adapted")
                ? Run.of("score", "--base", base, "--aligned", aligned, "--adapted", model)
                : Run.of("score", "--base", base, "--aligned", aligned, "--adapter", adapter);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .contains(option + " " + model, "16 of 24 tensors", "not merged", "merge_and_unload");
    }

    @Test
    void anAdapterOfAnotherModelIsToldOnceForEachKindOfModuleAndCheckpoint() {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name -> adapter.module(name, 10, 12));
        Run run = run("score", adapter.writeTo(folder.resolve("adapter")).toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors()).hasSize(4).allSatisfy(line -> assertThat(line)
                .contains("4 of 8 modules do not fit ", ": adapter [10, 12], model [6, 4]; ", "another model"));
    }

    @Test
    void aModelWithoutTheModulesIsToldOnceForEachCheckpoint() {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name -> adapter.module(name.replace("_proj", "_layer"), 6, 4));
        Run run = run("score", adapter.writeTo(folder.resolve("adapter")).toString());
        assertThat(run.errors()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("8 of 8 modules, for example module 'model.layers.0.self_attn.q_layer'", "no tensor"));
    }

    /** Returns an adapter one of whose modules holds NaN. */
    private String spoiled() {
        TinyAdapter adapter = new TinyAdapter().config("base_model_name_or_path", "\"../aligned\"");
        names().forEach(name -> {
            String key = "base_model.model." + name + ".lora_";
            adapter.random(key + "A.weight", 2, 4);
            if (name.equals(SPOILED)) {
                float[] values = new float[12];
                values[5] = Float.NaN;
                adapter.tensor(TinyTensor.of(key + "B.weight", List.of(6L, 2L), values));
            } else {
                adapter.random(key + "B.weight", 6, 2);
            }
        });
        return adapter.writeTo(folder.resolve("adapter")).toString();
    }

    @Test
    void aModuleWithNanIsNamedWithTheWayOn() {
        String adapter = spoiled();
        for (Run run : List.of(run("score", adapter), Run.of("verify", adapter))) {
            assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(run.errors())
                    .singleElement()
                    .asString()
                    .contains("module '" + SPOILED + "'", "1 NaN or infinite", "--prune-module");
        }
    }

    @ParameterizedTest
    @CsvSource({"drop, layers.2.self_attn.v_proj, 7", "zero, model.layers.2.self_attn.v_proj, 8", "drop, layers.2.*, 6"
    })
    void aModuleWithNanCanBePrunedByName(String action, String pattern, int left) {
        Path output = folder.resolve("out");
        Run run = run(
                "prune",
                spoiled(),
                "--prune-module",
                pattern,
                "--count",
                "0",
                "--action",
                action,
                "--format",
                "json",
                "--output",
                output.toString());
        assertThat(run.code()).isZero();
        assertThat(run.pruned()).contains(SPOILED).hasSize(left == 6 ? 2 : 1);
        assertThat(run.json().get("warnings")).isEmpty();
        Run verified = Run.of(
                "verify",
                output.toString(),
                "--aligned",
                folder.resolve("aligned").toString());
        assertThat(verified.code()).isZero();
        assertThat(verified.out()).startsWith("ok: " + left + " LoRA modules");
    }

    @Test
    void namingAModuleDoesNotChangeTheScoresOfTheOthers() {
        String adapter = adapter().writeTo(folder.resolve("adapter")).toString();
        Run named = run(
                "prune",
                adapter,
                "--prune-module",
                SPOILED,
                "--threshold",
                "0.5",
                "--format",
                "json",
                "--output",
                folder.resolve("a").toString());
        Run excluded = run(
                "prune",
                adapter,
                "--exclude",
                SPOILED,
                "--threshold",
                "0.5",
                "--format",
                "json",
                "--output",
                folder.resolve("b").toString());
        assertThat(named.pruned()).containsAll(excluded.pruned()).contains(SPOILED);
        assertThat(named.pruned()).hasSize(excluded.pruned().size() + 1);
    }

    @Test
    void aNanThatShipsIsReported() {
        Run run = run(
                "prune",
                spoiled(),
                "--exclude",
                SPOILED,
                "--count",
                "1",
                "--format",
                "json",
                "--output",
                folder.resolve("out").toString());
        assertThat(run.code()).isZero();
        assertThat(run.json().get("warnings")).singleElement().satisfies(warning -> assertThat(warning.asText())
                .contains(SPOILED + ".lora_B.weight'", "1 NaN or infinite number", "--prune-module"));
    }

    @Test
    void aNameThatMatchesNothingIsRefused() {
        Run run = run(
                "prune",
                spoiled(),
                "--prune-module",
                "layers.9.*",
                "--exclude",
                SPOILED,
                "--output",
                folder.resolve("out").toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors()).singleElement().asString().contains("--prune-module: 'layers.9.*': matches no module");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scale", "deflate", "repair"})
    void aCorrectionCannotRemoveAModule(String action) {
        Run run = run(
                "prune",
                spoiled(),
                "--prune-module",
                SPOILED,
                "--action",
                action,
                "--count",
                "0",
                "--output",
                folder.resolve("out").toString());
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains("--prune-module requires --action drop or zero (got " + action + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bitsandbytes", "gptq", "mxfp4", "compressed-tensors"})
    void aQuantizationThatOnlyTheConfigNamesChangesNoScore(String method) {
        String adapter = adapter().writeTo(folder.resolve("adapter")).toString();
        Run plain = run("score", adapter, "--metric", "cosine", "--format", "csv");
        model(2).config("{\"quantization_config\": {\"quant_method\": \"" + method + "\", \"load_in_4bit\": true}}")
                .writeTo(folder.resolve("aligned"));
        Run left = run("score", adapter, "--metric", "cosine", "--format", "csv");
        assertThat(left.code()).isZero();
        assertThat(left.out()).isEqualTo(plain.out());
        String aligned = folder.resolve("aligned").toString();
        String merged = model(3).config("{\"quantization_config\": {\"quant_method\": \"" + method + "\"}}")
                .writeTo(folder.resolve("merged"))
                .toString();
        Run ofMerged = Run.of(
                "score",
                "--base",
                folder.resolve("base").toString(),
                "--aligned",
                aligned,
                "--adapted",
                merged,
                "--metric",
                "cosine");
        assertThat(ofMerged.code()).isZero();
    }

    private static TinyCheckpoint withMxfp4(long seed) {
        String experts = "model.layers.0.mlp.experts.";
        return model(seed)
                .zeros(experts + "gate_up_proj_blocks", DType.U8, 2, 8, 1, 16)
                .zeros(experts + "gate_up_proj_scales", DType.U8, 2, 8, 1)
                .zeros(experts + "down_proj_blocks", DType.U8, 2, 4, 1, 16)
                .zeros(experts + "down_proj_scales", DType.U8, 2, 4, 1);
    }

    @Test
    void quantizedExpertsDoNotConcernAnAdapterOnAttention() {
        String adapter = adapter().writeTo(folder.resolve("adapter")).toString();
        Run plain = run("score", adapter, "--metric", "cosine", "--format", "csv");
        withMxfp4(1).writeTo(folder.resolve("base"));
        withMxfp4(2).writeTo(folder.resolve("aligned"));
        Run mixed = run("score", adapter, "--metric", "cosine", "--format", "csv");
        assertThat(mixed.err()).isEmpty();
        assertThat(mixed.out()).isEqualTo(plain.out());
    }

    @Test
    void quantizedExpertsThatAreTargetedAreRefusedByName() {
        withMxfp4(1).writeTo(folder.resolve("base"));
        withMxfp4(2).writeTo(folder.resolve("aligned"));
        TinyAdapter adapter = adapter()
                .config("target_parameters", "[\"mlp.experts.down_proj\"]")
                .experts("model.layers.0.mlp.experts", 2, 4, 32);
        Run run = run("score", adapter.writeTo(folder.resolve("adapter")).toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("tensor 'model.layers.0.mlp.experts.down_proj_blocks': MXFP4", "dequantize=True"));
    }

    @Test
    void quantizedWeightsOfAMergedModelAreNotSkippedSilently() {
        String merged = withMxfp4(3).writeTo(folder.resolve("merged")).toString();
        withMxfp4(1).writeTo(folder.resolve("base"));
        withMxfp4(2).writeTo(folder.resolve("aligned"));
        String[] args = {
            "score",
            "--base",
            folder.resolve("base").toString(),
            "--aligned",
            folder.resolve("aligned").toString(),
            "--adapted",
            merged,
            "--metric",
            "cosine"
        };
        Run refused = Run.of(args);
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(refused.errors()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("_proj_blocks': MXFP4", "--exclude 'model.layers.0.mlp.experts."));
        assertThat(Run.of(Run.join(args, "--exclude", "mlp.experts.*")).code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "weight, weight.absmax, U8, bitsandbytes",
        "weight, SCB, I8, bitsandbytes",
        "qweight, qzeros, I32, GPTQ",
        "weight_packed, weight_scale, I32, compressed-tensors"
    })
    void aQuantizedWeightThatTakesPartIsRefusedWithItsScheme(String name, String beside, DType dtype, String scheme) {
        TinyCheckpoint quantized = new TinyCheckpoint();
        names().forEach(each -> quantized.zeros(each + "." + name, dtype, 6, 4).random(each + "." + beside, 1));
        quantized.writeTo(folder.resolve("aligned"));
        Run run = run("score", adapter().writeTo(folder.resolve("adapter")).toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .contains("8 of 8 modules", "q_proj." + name + "': " + scheme, "use the 16-bit");
        Run merged = Run.of(
                "score",
                "--base",
                folder.resolve("base").toString(),
                "--aligned",
                folder.resolve("base").toString(),
                "--adapted",
                folder.resolve("aligned").toString());
        assertThat(merged.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(merged.errors()).singleElement().asString().contains("8 of 8 weights", scheme);
    }

    private static final String EXPERTS = "model.layers.0.mlp.experts.";
    private static final int IN = 4;

    /** Writes a model with stacks of two experts of 4 inputs and {@code size} inner features, in either orientation. */
    private Path stacks(String name, long seed, int size, boolean isTransposed) {
        TinyCheckpoint model = model(seed);
        for (String stack : List.of("gate_up_proj", "down_proj")) {
            int out = stack.equals("down_proj") ? IN : 2 * size;
            int in = stack.equals("down_proj") ? size : IN;
            TinyTensor upright = TinyTensor.random(EXPERTS + stack, seed, 2, out, in);
            model.tensor(isTransposed ? transposed(upright) : upright);
        }
        return model.writeTo(folder.resolve(name));
    }

    private static TinyTensor transposed(TinyTensor tensor) {
        int experts = tensor.shape().get(0).intValue();
        int rows = tensor.shape().get(1).intValue();
        int columns = tensor.shape().get(2).intValue();
        FloatBuffer from =
                ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] to = new float[from.capacity()];
        for (int i = 0; i < to.length; i++) {
            int row = i / columns % rows;
            to[i / columns / rows * rows * columns + i % columns * rows + row] = from.get(i);
        }
        return TinyTensor.of(tensor.name(), List.of((long) experts, (long) columns, (long) rows), to);
    }

    private static String[] scoring(Path base, Path aligned, String... more) {
        return Run.join(
                new String[] {
                    "score",
                    "--base",
                    base.toString(),
                    "--aligned",
                    aligned.toString(),
                    "--metric",
                    "cosine",
                    "--format",
                    "csv"
                },
                more);
    }

    /** With 4 inner features the down_proj is square, and gate_up_proj shows how it lies. */
    @ParameterizedTest
    @CsvSource({"3, true, false", "3, false, true", "3, true, true", "4, true, false", "4, false, true", "4, true, true"
    })
    void eachCheckpointHasItsOwnOrientationOfExperts(int size, boolean base, boolean aligned) {
        String adapter = new TinyAdapter()
                .config("target_modules", "[]")
                .config("target_parameters", "[\"mlp.experts.gate_up_proj\", \"mlp.experts.down_proj\"]")
                .experts(EXPERTS.substring(0, EXPERTS.length() - 1) + ".base_layer", 2, 2L * size, IN)
                .experts(EXPERTS.substring(0, EXPERTS.length() - 1), 2, IN, size)
                .writeTo(folder.resolve("adapter"))
                .toString();
        Run expected = Run.of(scoring(stacks("b", 1, size, false), stacks("a", 2, size, false), "--adapter", adapter));
        Run mixed = Run.of(scoring(stacks("b2", 1, size, base), stacks("a2", 2, size, aligned), "--adapter", adapter));
        assertThat(expected.code()).isZero();
        assertThat(expected.out()).contains("gate_up_proj", "down_proj");
        assertThat(mixed.code()).isZero();
        assertThat(mixed.err()).isEqualTo(expected.err());
        assertSameFigures(mixed, expected);
    }

    private static void assertSameFigures(Run run, Run expected) {
        List<String> lines = run.out().lines().toList();
        List<String> others = expected.out().lines().toList();
        assertThat(lines).hasSameSizeAs(others);
        int column = List.of(lines.get(0).split(",", -1)).indexOf("cosine");
        for (int i = 1; i < lines.size(); i++) {
            assertThat(lines.get(i).split(",", -1)[0]).isEqualTo(others.get(i).split(",", -1)[0]);
            String expectedCosine = figure(others.get(i), column);
            if (expectedCosine.isEmpty()) {
                // An effect without a figure, such as square weights whose orientation only the adapter's config tells.
                assertThat(lines.get(i)).isEqualTo(others.get(i));
            } else {
                assertThat(Double.parseDouble(figure(lines.get(i), column)))
                        .isCloseTo(Double.parseDouble(expectedCosine), within(1e-6));
            }
        }
    }

    /** Shapes are quoted and hold commas. */
    private static String figure(String line, int column) {
        return line.replaceAll("\"[^\"]*\"", "x").split(",", -1)[column];
    }

    @ParameterizedTest
    @CsvSource({
        "3, true, true, false",
        "3, true, false, false",
        "3, false, true, false",
        "3, false, false, true",
        "4, true, true, false",
        "4, false, true, true"
    })
    void aMergedModelMayStoreItsExpertsInAnotherOrientation(int size, boolean base, boolean aligned, boolean adapted) {
        Run expected = Run.of(scoring(
                stacks("b", 1, size, false),
                stacks("a", 2, size, false),
                "--adapted",
                stacks("m", 3, size, false).toString()));
        Path mergedModel = stacks("m2", 3, size, adapted);
        Run mixed = Run.of(scoring(
                stacks("b2", 1, size, base), stacks("a2", 2, size, aligned), "--adapted", mergedModel.toString()));
        assertThat(expected.code()).isZero();
        assertThat(mixed.err()).isEmpty();
        assertSameFigures(mixed, expected);

        Path output = folder.resolve("out");
        Run pruned = Run.of(
                "prune",
                "-q",
                "--base",
                folder.resolve("b2").toString(),
                "--aligned",
                folder.resolve("a2").toString(),
                "--adapted",
                mergedModel.toString(),
                "--all",
                "--output",
                output.toString());
        assertThat(pruned.err()).isEmpty();
        Map<String, ByteBuffer> restored = Testdata.tensorsIn(output, "model.safetensors");
        Map<String, ByteBuffer> wanted = Testdata.tensorsIn(stacks("a3", 2, size, adapted), "model.safetensors");
        assertThat(restored).isEqualTo(wanted);
    }

    @Test
    void loraOnMultiheadAttentionIsRefusedByNameAndScoredIfMerged() {
        String attention = "visual.resblocks.0.attn";
        String key = "base_model.model." + attention;
        new TinyAdapter()
                .config("target_modules", "[\"attn\"]")
                .random(key + ".lora_A.weight", 2, 4)
                .random(key + ".lora_B.weight", 12, 2)
                .random(key + ".base_layer.out_proj.lora_A.weight", 2, 4)
                .random(key + ".base_layer.out_proj.lora_B.weight", 4, 2)
                .writeTo(folder.resolve("adapter"));
        Run run = run("score", folder.resolve("adapter").toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .contains("'" + attention + "'", "nn.MultiheadAttention", "--adapted");
        for (String name : List.of("base", "aligned", "merged")) {
            new TinyCheckpoint()
                    .seed(name.length())
                    .random(attention + ".in_proj_weight", 12, 4)
                    .random(attention + ".out_proj.weight", 4, 4)
                    .writeTo(folder.resolve("clip-" + name));
        }
        Run merged = Run.of(scoring(
                folder.resolve("clip-base"),
                folder.resolve("clip-aligned"),
                "--adapted",
                folder.resolve("clip-merged").toString()));
        assertThat(merged.code()).isZero();
        assertThat(merged.out()).contains("in_proj_weight", "out_proj");
    }
}

package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.ShardIndex;
import io.github.splora.client.ClientKind;
import io.github.splora.inspect.Verification;
import io.github.splora.json.StrictJson;
import io.github.splora.pickle.PickleFile;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.testing.Bytes;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads adapters, configs and indexes of other projects, which are not in this repository: {@code SPLORA_SHARED}
 * (default {@code ../shared}) names the folder whose {@code realdata} contains them. Skipped if it is missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealAdaptersTest {

    private static final Path REALDATA =
            Path.of(System.getenv().getOrDefault("SPLORA_SHARED", "../shared")).resolve("realdata");

    /** The adapters that are refused, by folder, with the text that the message must contain. */
    private static final Map<String, String> REFUSED = Map.of(
            "bloom560m-mergedlinear-2023", "enable_lora [true,false,true]: MergedLinear",
            "peft-regr-adalora_mlp-0.6.1", "peft_type \"ADALORA\"",
            "peft-regr-ia3_mlp-0.6.1", "peft_type \"IA3\"");

    /** The unsupported field of each LORA config that is refused, by the end of the file name. */
    private static final Map<String, String> UNSUPPORTED =
            Map.of("-bdlora.json", "use_bdlora", "-kasa.json", "kasa_config");

    @TempDir
    Path folder;

    @BeforeAll
    static void realFilesAreHere() {
        assumeTrue(Files.isDirectory(REALDATA), () -> "no " + REALDATA);
    }

    static Stream<Path> adapters() throws IOException {
        try (Stream<Path> entries = Files.list(REALDATA)) {
            return entries.filter(Adapter::isAt).filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    static Stream<Path> configs() throws IOException {
        try (Stream<Path> entries = Files.list(REALDATA.resolve("configs/peft-method-comparison"))) {
            return entries.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void anAdapterIsRewrittenAsItIsOrRefusedByName(Path location) throws IOException {
        String reason = REFUSED.get(location.getFileName().toString());
        if (reason == null) {
            rewriteKeepingAll(location);
        } else {
            assertThat(Refusal.of(() -> Adapter.open(location).close()))
                    .isNotEmpty()
                    .allMatch(line -> line.contains(reason));
        }
    }

    @Test
    void noneOfTheAdaptersIsMissing() throws IOException {
        assertThat(adapters()).hasSize(12);
    }

    /** Includes the pickles of adapters that are not LoRA. */
    @Test
    void everyPickleIsRead() throws IOException {
        Map<String, Integer> tensors = new TreeMap<>();
        try (Stream<Path> folders = Files.list(REALDATA)) {
            for (Path pickle : folders.map(entry -> entry.resolve(Adapter.PICKLE_FILE))
                    .filter(Files::exists)
                    .toList()) {
                try (PickleFile file = PickleFile.open(pickle)) {
                    tensors.put(
                            pickle.getParent().getFileName().toString(),
                            file.tensors().size());
                    assertThat(file.tensors().values()).allMatch(tensor -> tensor.dtype() == DType.F32);
                }
            }
        }
        assertThat(tensors)
                .isEqualTo(Map.of(
                        "bloom560m-mergedlinear-2023",
                        48,
                        "peft-regr-adalora_mlp-0.6.1",
                        3,
                        "peft-regr-ia3_mlp-0.6.1",
                        1,
                        "peft-regr-lora_conv2d-0.6.1",
                        2,
                        "peft-regr-lora_emb_conv1d-0.6.1",
                        4,
                        "peft-regr-lora_mlp-0.6.1",
                        2,
                        "peft-regr-lora_mlp_modules_to_save-0.6.1",
                        4,
                        "peft-regr-lora_opt-125m-0.5.0",
                        48));
    }

    @ParameterizedTest
    @CsvSource({
        "deltacompression-poc, 24, 1, 32",
        "gpt2-tigrinya, 36, 8, 4",
        "opf-privacyfilter-r16-mts, 32, 16, 2",
        "mountain-v1, 36, 8, 2"
    })
    void modulesRanksAndScalingsAreTheConfigs(String name, int modules, long rank, double scaling) {
        try (Adapter adapter = Adapter.open(REALDATA.resolve(name))) {
            assertThat(adapter.modules().stream().map(LoraModule::rank))
                    .hasSize(modules)
                    .containsOnly(rank);
            assertThat(adapter.modules().stream().map(LoraModule::scaling)).containsOnly(scaling);
            assertThat(Verification.problems(adapter, List.of(ClientKind.PEFT))).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("configs")
    void aConfigIsReadAsLoraOrRefusedByName(Path file) {
        JsonNode type = StrictJson.readObject(file).path("peft_type");
        String unsupported = UNSUPPORTED.entrySet().stream()
                .filter(entry -> file.toString().endsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        if (!type.asText().equals("LORA")) {
            assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                    .containsExactly(file + ": peft_type " + type
                            + ": only adapters of type LORA can be scored and pruned; merge an adapter of"
                            + " another type that changes weights into its model, and pass the merged"
                            + " checkpoint with --adapted");
        } else if (unsupported != null) {
            assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                    .singleElement()
                    .asString()
                    .startsWith(file + ": " + unsupported + " ");
        } else {
            assertReads(file);
        }
    }

    @Test
    void noneOfTheConfigsIsMissing() throws IOException {
        assertThat(configs()).hasSize(103);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral-8x22b-wizardlm2.index.json", "qwen3.5-18b-a3b-reap.index.json"})
    void anIndexWithoutItsShardsNamesThemAll(String name) {
        Path index = REALDATA.resolve("index").resolve(name);
        Set<String> shards = new TreeSet<>();
        StrictJson.readObject(index).get("weight_map").forEach(shard -> shards.add(shard.textValue()));
        List<String> lines = Refusal.of(() -> ShardIndex.read(index));
        assertThat(lines)
                .hasSameSizeAs(shards)
                .allMatch(line -> line.startsWith(index + ": weight_map '"))
                .allMatch(line -> line.endsWith(": this shard is missing; download the checkpoint again"));
        assertThat(shards).allSatisfy(shard -> assertThat(lines)
                .filteredOn(line -> line.contains(shard))
                .hasSize(1));
    }

    private void rewriteKeepingAll(Path location) throws IOException {
        Action drop = ActionKind.DROP.action(ConfigStyle.EXCLUDE);
        try (Adapter adapter = Adapter.open(location)) {
            drop.requireApplicable(adapter);
            AdapterWriter.write(adapter, drop.apply(adapter, Set.of()), folder);
            try (SafetensorsFile copy = SafetensorsFile.open(folder.resolve(Adapter.WEIGHTS_FILE))) {
                assertThat(copy.tensors().keySet())
                        .containsExactlyInAnyOrderElementsOf(
                                adapter.weights().tensors().keySet());
                adapter.weights().tensors().values().forEach(tensor -> assertSame(adapter.weights(), tensor, copy));
            }
        }
        assertThat(folder.resolve(AdapterConfig.FILE_NAME))
                .hasSameBinaryContentAs(location.resolve(AdapterConfig.FILE_NAME));
        assertThat(Files.exists(folder.resolve("LICENSE"))).isEqualTo(Files.exists(location.resolve("LICENSE")));
    }

    private static void assertSame(TensorFile original, TensorInfo tensor, TensorFile copy) {
        TensorInfo copied = copy.tensor(tensor.name());
        assertThat(copied.dtype()).isEqualTo(tensor.dtype());
        assertThat(copied.shape()).isEqualTo(tensor.shape());
        assertThat(Bytes.of(copy, copied)).isEqualTo(Bytes.of(original, tensor));
    }

    private static void assertReads(Path file) {
        ObjectNode json = StrictJson.readObject(file);
        AdapterConfig config = AdapterConfig.read(file);
        double r = json.get("r").doubleValue();
        assertThat(config.rankOf("model.layers.0.self_attn.q_proj")).isEqualTo((int) r);
        assertThat(config.scalingOf("model.layers.0.self_attn.q_proj"))
                .isEqualTo(json.get("lora_alpha").doubleValue()
                        / (json.path("use_rslora").asBoolean() ? Math.sqrt(r) : r));
        assertThat(config.toJson()).isEqualTo(json);
    }
}

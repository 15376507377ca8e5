package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropActionTest {

    @TempDir
    Path folder;

    private Path old;
    private Path pruned;

    @BeforeEach
    void nameFolders() throws IOException {
        old = folder.resolve("old");
        pruned = Files.createDirectory(folder.resolve("pruned"));
    }

    private static Action drop() {
        return ActionKind.DROP.action(ConfigStyle.EXCLUDE);
    }

    private void prune(TinyAdapter tiny, String... selected) throws IOException {
        try (Adapter adapter = tiny.open()) {
            drop().requireApplicable(adapter);
            AdapterWriter.write(adapter, drop().apply(adapter, Set.of(selected)), pruned);
        }
    }

    @Test
    void allTensorsOfASelectedModuleAreRemovedAndAllOthersStayBitForBit() throws IOException {
        prune(
                new TinyAdapter(old, "layers.0.q", "layers.1.q")
                        .and("layers.1.q.lora_B.bias", DType.F32, 4)
                        .and("lm_head.weight", DType.BF16, 3, 5)
                        .with("'lora_bias': true"),
                "layers.1.q");
        Map<String, String> expected = TinyAdapter.tensorsIn(old);
        expected.keySet().removeIf(name -> name.startsWith("layers.1.q."));
        assertThat(expected).hasSize(3);
        assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(expected);
    }

    @Test
    void trainedMagnitudesAndBiasesAreRemovedWithTheirModule() throws IOException {
        prune(
                new TinyAdapter(old, "layers.0.q", "layers.1.q")
                        .and("layers.0.q.lora_magnitude_vector", DType.F32, 4)
                        .and("layers.1.q.lora_magnitude_vector", DType.F32, 4)
                        .and("layers.0.q.base_layer.bias", DType.F32, 4)
                        .and("layers.1.q.base_layer.bias", DType.F32, 4)
                        .and("layers.1.norm.bias", DType.F32, 4)
                        .with("'use_dora': true, 'bias': 'all'"),
                "layers.1.q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsOnlyKeys(
                        "layers.0.q.lora_A.weight",
                        "layers.0.q.lora_B.weight",
                        "layers.0.q.lora_magnitude_vector",
                        "layers.0.q.base_layer.bias",
                        "layers.1.norm.bias");
    }

    @Test
    void aFullySavedWeightStaysUnderItsUnwrappedName() throws IOException {
        prune(
                new TinyAdapter(old, "layers.0.q")
                        .and("embed_tokens.lora_embedding_A", DType.F32, 2, 10)
                        .and("embed_tokens.lora_embedding_B", DType.F32, 4, 2)
                        .and("embed_tokens.base_layer.weight", DType.F32, 10, 4),
                "embed_tokens");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsOnlyKeys("layers.0.q.lora_A.weight", "layers.0.q.lora_B.weight", "embed_tokens.weight");
        assertThat(TinyAdapter.tensorsIn(pruned).get("embed_tokens.weight"))
                .isEqualTo(TinyAdapter.tensorsIn(old).get("embed_tokens.base_layer.weight"));
    }

    /** PEFT would load them into the layer that is no longer wrapped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "layers.1.q.base_layer.weight",
                "layers.1.q.weight",
                "layers.1.q.bias",
                "layers.1.q.modules_to_save.weight",
                "layers.1.q.original_module.weight",
            })
    void aWholeTensorOfARemovedLayerIsRemovedWithIt(String tensor) throws IOException {
        prune(
                new TinyAdapter(old, "layers.0.q", "layers.1.q")
                        .and(tensor, DType.F32, 4, 4)
                        .and(tensor.replace("1", "0"), DType.F32, 4, 4),
                "layers.1.q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsOnlyKeys("layers.0.q.lora_A.weight", "layers.0.q.lora_B.weight", tensor.replace("1", "0"));
    }

    @Test
    void aModuleWhoseNameBeginsLikeASelectedOneStays() throws IOException {
        prune(new TinyAdapter(old, "layers.1.q", "layers.1.q_norm", "layers.10.q"), "layers.1.q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsOnlyKeys(
                        "layers.1.q_norm.lora_A.weight",
                        "layers.1.q_norm.lora_B.weight",
                        "layers.10.q.lora_A.weight",
                        "layers.10.q.lora_B.weight");
    }

    @Test
    void theConfigExcludesTheSelectedModulesInNaturalOrder() throws IOException {
        prune(
                new TinyAdapter(old, "m.layers.2.q", "m.layers.10.q", "m.layers.3.k", "m.layers.4.q"),
                "m.layers.10.q",
                "m.layers.3.k",
                "m.layers.2.q");
        assertThat(AdapterConfig.read(pruned.resolve(AdapterConfig.FILE_NAME))
                        .toJson()
                        .get("exclude_modules"))
                .extracting(node -> node.textValue())
                .containsExactly("layers.2.q", "layers.3.k", "layers.10.q");
    }

    @Test
    void theMetadataOfTheWeightsStays() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"), "layers.1.q");
        try (SafetensorsFile weights = SafetensorsFile.open(pruned.resolve(Adapter.WEIGHTS_FILE))) {
            assertThat(weights.header().metadata()).isEqualTo(Map.of("format", "pt", "who", "a test"));
        }
    }

    @Test
    void withNothingSelectedTheConfigKeepsItsBytesAndTheWeightsTheirTensors() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q"));
        assertThat(pruned.resolve(AdapterConfig.FILE_NAME))
                .hasSameBinaryContentAs(old.resolve(AdapterConfig.FILE_NAME));
        assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(TinyAdapter.tensorsIn(old));
    }

    private TinyAdapter mixtureOfExperts() {
        TinyAdapter tiny = new TinyAdapter(old, "layers.0.q", "layers.1.q");
        for (int layer : new int[] {0, 1}) {
            tiny.and("layers." + layer + ".mlp.experts.base_layer.lora_A.weight", DType.F32, 6, 4)
                    .and("layers." + layer + ".mlp.experts.base_layer.lora_B.weight", DType.F32, 8, 6)
                    .and("layers." + layer + ".mlp.experts.lora_A.weight", DType.F32, 6, 4)
                    .and("layers." + layer + ".mlp.experts.lora_B.weight", DType.F32, 4, 6);
        }
        return tiny.with("'target_parameters': ['mlp.experts.gate_up_proj', 'mlp.experts.down_proj']");
    }

    private String configField(String field) {
        return Config.oneLine(
                AdapterConfig.read(pruned.resolve(AdapterConfig.FILE_NAME)).toJson(), field);
    }

    @Test
    void innerFactorsReplaceARemovedWrapper() throws IOException {
        prune(mixtureOfExperts(), "layers.0.mlp.experts.down_proj");
        Map<String, String> expected = TinyAdapter.tensorsIn(old);
        for (String matrix : new String[] {"lora_A.weight", "lora_B.weight"}) {
            expected.put(
                    "layers.0.mlp.experts." + matrix, expected.remove("layers.0.mlp.experts.base_layer." + matrix));
        }
        assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(expected);
        assertThat(configField("target_parameters"))
                .isEqualTo("['layers.0.mlp.experts.gate_up_proj',"
                        + "'layers.1.mlp.experts.down_proj','layers.1.mlp.experts.gate_up_proj']");
        assertThat(configField("target_modules")).isEqualTo("['q','k']");
        assertThat(configField("exclude_modules")).isEqualTo("null");
    }

    @Test
    void theWrapperKeepsItsNameIfInnerFactorsAreRemoved() throws IOException {
        prune(mixtureOfExperts(), "layers.0.mlp.experts.gate_up_proj");
        Map<String, String> expected = TinyAdapter.tensorsIn(old);
        expected.keySet().removeIf(name -> name.startsWith("layers.0.mlp.experts.base_layer."));
        assertThat(TinyAdapter.tensorsIn(pruned)).isEqualTo(expected);
        try (Adapter again = Adapter.open(pruned)) {
            assertThat(again.modules())
                    .extracting(module -> module.name())
                    .containsExactly(
                            "layers.0.mlp.experts.down_proj",
                            "layers.0.q",
                            "layers.1.mlp.experts.down_proj",
                            "layers.1.mlp.experts.gate_up_proj",
                            "layers.1.q");
        }
    }

    @Test
    void withoutAnyParameterOrAnyModuleLeftItsListIsEmpty() throws IOException {
        prune(
                mixtureOfExperts(),
                "layers.0.mlp.experts.down_proj",
                "layers.0.mlp.experts.gate_up_proj",
                "layers.1.mlp.experts.down_proj",
                "layers.1.mlp.experts.gate_up_proj");
        assertThat(configField("target_parameters")).isEqualTo("[]");
        assertThat(configField("target_modules")).isEqualTo("['q','k']");

        pruned = Files.createDirectory(folder.resolve("modules"));
        prune(mixtureOfExperts(), "layers.0.q", "layers.1.q");
        assertThat(configField("target_modules")).isEqualTo("[]");
        assertThat(configField("exclude_modules")).isEqualTo("null");
        assertThat(configField("target_parameters")).isEqualTo("['mlp.experts.gate_up_proj','mlp.experts.down_proj']");
    }

    @Test
    void parametersThatNoListDistinguishesAreNotDropped() throws IOException {
        TinyAdapter tiny = new TinyAdapter(old)
                .and("experts.lora_A.weight", DType.F32, 2, 4)
                .and("experts.lora_B.weight", DType.F32, 4, 2)
                .and("x.experts.lora_A.weight", DType.F32, 2, 4)
                .and("x.experts.lora_B.weight", DType.F32, 4, 2)
                .with("'target_parameters': ['experts.down_proj']");
        try (Adapter adapter = tiny.open()) {
            assertThatThrownBy(() -> drop().apply(adapter, Set.of("x.experts.down_proj")))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(
                            "no list of names distinguishes the remaining parameters from the" + " removed ones");
        }
    }

    @Test
    void oneExpertsLayerIsNotDroppedButOthersOfTheAdapterAre() throws IOException {
        String expert = "layers.0.block_sparse_moe.experts.1.w1";
        TinyAdapter tiny = new TinyAdapter(old, "layers.0.q", expert, "layers.0.block_sparse_moe.experts.0.w1");
        try (Adapter adapter = tiny.open()) {
            assertThatThrownBy(() -> drop().apply(adapter, Set.of(expert)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(old + ": module '" + expert
                            + "': transformers 5 stacks the experts of a layer, and PEFT cannot"
                            + " load an adapter that lacks one of them; use --action zero");
        }
        prune(tiny, "layers.0.q");
        assertThat(TinyAdapter.tensorsIn(pruned)).hasSize(4);
    }

    @Test
    void anEmbeddingAndAHeadWithTheSameFactorsStay() throws IOException {
        TinyAdapter tiny = new TinyAdapter(old, "layers.0.q", "lm_head")
                .and("embed_tokens.lora_embedding_A", DType.F32, 2, 4)
                .and("embed_tokens.lora_embedding_B", DType.F32, 4, 2)
                .with("'ensure_weight_tying': true");
        try (Adapter adapter = tiny.open()) {
            for (Action action : new Action[] {drop(), ActionKind.ZERO.action(ConfigStyle.EXCLUDE)}) {
                assertThatThrownBy(() -> action.apply(adapter, Set.of("lm_head")))
                        .isInstanceOf(BadInputException.class)
                        .hasMessage(adapter.config().file()
                                + ": ensure_weight_tying true: the factors of [embed_tokens, lm_head]"
                                + " are shared, and PEFT cannot load them separately; leave these"
                                + " modules out with --exclude");
            }
        }
        prune(tiny, "layers.0.q");
        assertThat(TinyAdapter.tensorsIn(pruned)).hasSize(4);
    }

    @Test
    void anAdapterMustKeepAModule() throws IOException {
        try (Adapter adapter = new TinyAdapter(old, "layers.0.q", "layers.1.q").open()) {
            assertThatThrownBy(() -> drop().apply(adapter, Set.of("layers.0.q", "layers.1.q")))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            old + ": every module would be removed, and PEFT rejects an adapter that targets nothing;"
                                    + " ship the aligned model without an adapter, or use --action zero");
        }
    }

    @Test
    void anAdapterThatChangesTheBaseWeightsCanBeDroppedFrom() throws IOException {
        prune(new TinyAdapter(old, "layers.0.q", "layers.1.q").with("'init_lora_weights': 'pissa'"), "layers.0.q");
        assertThat(TinyAdapter.tensorsIn(pruned))
                .containsOnlyKeys("layers.1.q.lora_A.weight", "layers.1.q.lora_B.weight");
    }
}

package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdapterTest {

    private static final String P = "base_model.model.";
    private static final String Q = "model.layers.0.self_attn.q_proj";
    private static final String V = "model.layers.0.self_attn.v_proj";

    @TempDir
    Path folder;

    @Test
    void groupsTensorsIntoModules() {
        try (Adapter adapter = open(new TinyAdapter().module(Q, 6, 4))) {
            LoraModule module = adapter.modules().get(0);
            assertThat(adapter.modules()).hasSize(1);
            assertThat(module.name()).isEqualTo(Q);
            assertThat(module.outFeatures()).isEqualTo(6);
            assertThat(module.inFeatures()).isEqualTo(4);
            assertThat(module.rank()).isEqualTo(2);
            assertThat(module.scaling()).isEqualTo(2);
            assertThat(module.type()).isEqualTo("q_proj");
            assertThat(module.block()).contains(new Block("model.layers.0", 0));
            assertThat(module.loraA().shape()).containsExactly(2L, 4L);
            assertThat(module.loraB().shape()).containsExactly(6L, 2L);
            assertThat(module.tensorNames())
                    .containsExactlyInAnyOrder(P + Q + ".lora_A.weight", P + Q + ".lora_B.weight");
        }
    }

    @Test
    void modulesAreSortedByBlockNumberThenName() {
        try (Adapter adapter = open(new TinyAdapter()
                .module("model.layers.10.q_proj", 3, 3)
                .module("lm_head", 3, 3)
                .module("model.layers.2.v_proj", 3, 3)
                .module("model.layers.2.q_proj", 3, 3))) {
            assertThat(names(adapter))
                    .containsExactly(
                            "model.layers.2.q_proj", "model.layers.2.v_proj", "model.layers.10.q_proj", "lm_head");
        }
    }

    @Test
    void theTwoStacksOfAnEncoderDecoderStayApart() {
        try (Adapter adapter = open(new TinyAdapter()
                .module("decoder.block.0.layer.0.SelfAttention.q", 3, 3)
                .module("encoder.block.0.layer.0.SelfAttention.q", 3, 3))) {
            assertThat(adapter.modules())
                    .extracting(module -> module.block().orElseThrow().path())
                    .containsExactly("decoder.block.0", "encoder.block.0");
        }
    }

    @Test
    void readsKeysThatCarryTheAdaptersName() {
        try (Adapter adapter = open(new TinyAdapter()
                .random(P + Q + ".lora_A.default.weight", 2, 4)
                .random(P + Q + ".lora_B.default.weight", 6, 2))) {
            assertThat(names(adapter)).containsExactly(Q);
        }
    }

    @Test
    void refusesAFileThatMixesAdapters() {
        assertThat(refusal(new TinyAdapter()
                        .random(P + Q + ".lora_A.one.weight", 2, 4)
                        .random(P + Q + ".lora_B.one.weight", 6, 2)
                        .random(P + V + ".lora_A.two.weight", 2, 4)
                        .random(P + V + ".lora_B.two.weight", 6, 2)))
                .containsExactly(weights() + ": [one, two]: the file mixes several adapters; save each one separately");
    }

    @Test
    void refusesAFileThatMixesNamedAndPlainKeys() {
        assertThat(refusal(new TinyAdapter()
                        .module(Q, 6, 4)
                        .random(P + V + ".lora_A.two.weight", 2, 4)
                        .random(P + V + ".lora_B.two.weight", 6, 2)))
                .containsExactly(weights() + ": [, two]: the file mixes several adapters; save each one separately");
    }

    @Test
    void refusesAModuleWithoutItsPartner() {
        assertThat(refusal(new TinyAdapter().random(P + Q + ".lora_A.weight", 2, 4)))
                .containsExactly(weights() + ": module '" + Q + "': has no lora_B");
        assertThat(refusal(new TinyAdapter().random(P + Q + ".lora_B.weight", 6, 2)))
                .containsExactly(weights() + ": module '" + Q + "': has no lora_A");
    }

    @Test
    void refusesARankThatIsNotTheConfigs() {
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4, 3)))
                .containsExactly(
                        weights() + ": tensor '" + P + Q
                                + ".lora_A.weight' shape [3, 4]: its rank is 3, but adapter_config.json gives"
                                + " the module 2",
                        weights() + ": tensor '" + P + Q
                                + ".lora_B.weight' shape [6, 3]: its rank is 3, but adapter_config.json gives"
                                + " the module 2");
    }

    @Test
    void refusesMatricesWhoseRanksDiffer() {
        assertThat(refusal(new TinyAdapter()
                        .random(P + Q + ".lora_A.weight", 2, 4)
                        .random(P + Q + ".lora_B.weight", 6, 3)))
                .singleElement()
                .asString()
                .contains(".lora_B.weight' shape [6, 3]: its rank is 3");
    }

    @Test
    void takesTheRankOfAPattern() {
        try (Adapter adapter = open(new TinyAdapter()
                .config("rank_pattern", "{\"v_proj\": 3}")
                .module(Q, 6, 4, 2)
                .module(V, 6, 4, 3))) {
            assertThat(adapter.modules()).extracting(LoraModule::rank).containsExactly(2L, 3L);
        }
    }

    @Test
    void aRankMayExceedBothDimensions() {
        try (Adapter adapter = open(new TinyAdapter().config("r", "8").module(Q, 3, 3))) {
            assertThat(adapter.modules().get(0).rank()).isEqualTo(8);
        }
    }

    @Test
    void namesAllProblemsAtOnce() {
        assertThat(refusal(new TinyAdapter()
                        .random(P + "model.layers.0.q_proj.lora_A.weight", 2, 4)
                        .module("model.layers.1.q_proj", 6, 4, 3)
                        .zeros(P + "model.layers.2.q_proj.lora_A.weight", DType.I8, 2, 4)
                        .random(P + "model.layers.2.q_proj.lora_B.weight", 6, 2)
                        .module("model.layers.3.q_proj", 6, 4)))
                .hasSize(4)
                .anyMatch(line -> line.contains("'model.layers.0.q_proj': has no lora_B"))
                .anyMatch(line -> line.contains("layers.1.q_proj.lora_A.weight' shape [3, 4]: its rank is 3"))
                .anyMatch(line -> line.contains("layers.1.q_proj.lora_B.weight' shape [6, 3]: its rank is 3"))
                .anyMatch(line -> line.endsWith(
                        "layers.2.q_proj.lora_A.weight' dtype I8:" + " one of [F16, BF16, F32, F64] is expected"));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "F32", "F64"})
    void readsEveryFloatingPointTypeThatTrainingWrites(DType dtype) {
        try (Adapter adapter = open(new TinyAdapter()
                .zeros(P + Q + ".lora_A.weight", dtype, 2, 4)
                .zeros(P + Q + ".lora_B.weight", dtype, 6, 2))) {
            assertThat(adapter.modules().get(0).loraA().dtype()).isEqualTo(dtype);
        }
    }

    @Test
    void aConvolutionIsAMatrixOfFlattenedKernels() {
        try (Adapter adapter = open(new TinyAdapter()
                .random(P + "conv.lora_A.weight", 2, 4, 3, 3)
                .random(P + "conv.lora_B.weight", 6, 2, 1, 1))) {
            LoraModule module = adapter.modules().get(0);
            assertThat(module.kind().label()).isEqualTo("convolution");
            assertThat(module.shape()).containsExactly(6L, 36L);
            assertThat(module.rank()).isEqualTo(2);
        }
    }

    @Test
    void refusesAConvolutionWhoseBIsNotPointwise() {
        assertThat(refusal(new TinyAdapter()
                        .random(P + "conv.lora_A.weight", 2, 4, 3, 3)
                        .random(P + "conv.lora_B.weight", 6, 2, 3, 3)))
                .containsExactly(
                        weights() + ": tensor '" + P + "conv.lora_B.weight' shape [6, 2, 3, 3]: a convolution's"
                                + " lora_B must be [out, r] with kernels of size 1 and as many dimensions as"
                                + " its lora_A [2, 4, 3, 3]");
    }

    @Test
    void anEmbeddingHasTokensForInputs() {
        try (Adapter adapter = open(new TinyAdapter()
                .random(P + "emb.lora_embedding_A", 2, 10)
                .random(P + "emb.lora_embedding_B", 4, 2)
                .random(P + "emb.base_layer.weight", 10, 4))) {
            LoraModule module = adapter.modules().get(0);
            assertThat(module.kind().label()).isEqualTo("embedding");
            assertThat(module.shape()).containsExactly(4L, 10L);
            assertThat(module.tensorNames()).containsExactly(P + "emb.lora_embedding_A", P + "emb.lora_embedding_B");
            assertThat(module.savedWeight().orElseThrow().name()).isEqualTo(P + "emb.base_layer.weight");
        }
    }

    @Test
    void trainedBiasesBelongToTheirModule() {
        try (Adapter adapter = open(new TinyAdapter()
                .config("bias", "\"lora_only\"")
                .module(Q, 6, 4)
                .random(P + Q + ".base_layer.bias", 6)
                .random(P + "other.bias", 6))) {
            assertThat(adapter.modules().get(0).tensorNames())
                    .containsExactly(P + Q + ".base_layer.bias", P + Q + ".lora_A.weight", P + Q + ".lora_B.weight");
        }
    }

    @Test
    void doraHasAMagnitudeForEachOutput() {
        try (Adapter adapter = open(new TinyAdapter()
                .config("use_dora", "true")
                .module(Q, 6, 4)
                .random(P + Q + ".lora_magnitude_vector", 6))) {
            assertThat(adapter.modules().get(0).magnitude()).isPresent();
            assertThat(adapter.modules().get(0).tensorNames()).contains(P + Q + ".lora_magnitude_vector");
        }
    }

    @Test
    void refusesDoraWithoutMagnitudesAndWithTooFew() {
        assertThat(refusal(new TinyAdapter().config("use_dora", "true").module(Q, 6, 4)))
                .containsExactly(
                        weights() + ": tensor '" + P + Q + ".lora_A.weight': the config says use_dora, but the module"
                                + " has no lora_magnitude_vector");
        assertThat(refusal(new TinyAdapter()
                        .config("use_dora", "true")
                        .module(Q, 6, 4)
                        .random(P + Q + ".lora_magnitude_vector", 5)))
                .containsExactly(
                        weights() + ": tensor '" + P + Q + ".lora_magnitude_vector' shape [5]: one magnitude for each"
                                + " of the layer's 6 outputs is expected");
    }

    @Test
    void refusesDoraWhoseMagnitudesPeftCannotLoad() {
        assertThat(refusal(new TinyAdapter()
                        .config("use_dora", "true")
                        .module(Q, 6, 4)
                        .random(P + Q + ".lora_magnitude_vector", 6, 1)))
                .containsExactly(weights() + ": tensor '" + P + Q + ".lora_magnitude_vector' shape [6, 1]: a vector is"
                        + " expected; PEFT cannot load another shape for this layer");
    }

    @Test
    void refusesDoraThatOnlyTheTensorsShow() {
        assertThat(refusal(new TinyAdapter().module(Q, 6, 4).random(P + Q + ".lora_magnitude_vector", 6)))
                .containsExactly(
                        weights() + ": tensor '" + P + Q + ".lora_magnitude_vector' shape [6]: is a DoRA magnitude, but"
                                + " the config does not set use_dora");
    }

    @Test
    void refusesMixtureOfExpertsParametersThatOnlyTheTensorsShow() {
        assertThat(refusal(new TinyAdapter()
                        .module("model.layers.0.mlp.experts", 6, 4)
                        .module("model.layers.0.mlp.experts.base_layer", 6, 4)))
                .containsExactly(
                        weights() + ": tensor '" + P + "model.layers.0.mlp.experts.base_layer.lora_A.weight' shape"
                                + " [2, 4]: has the name of a parameter's factor, but target_parameters in adapter_config.json"
                                + " lists no parameter of that module");
    }

    @Test
    void refusesAFactorThatIsNotAMatrix() {
        assertThat(refusal(new TinyAdapter()
                        .random(P + Q + ".lora_A.weight", 4)
                        .random(P + Q + ".lora_B.weight", 6, 2, 1)))
                .containsExactly(weights() + ": tensor '" + P + Q + ".lora_A.weight' shape [4]: must be a matrix");
    }

    @Test
    void refusesAFileWithoutLoraTensors() {
        assertThat(refusal(new TinyAdapter().random(P + "lm_head.weight", 3, 3)))
                .containsExactly(weights() + ": no lora_A and lora_B tensors here; this is not a LoRA adapter");
    }

    @Test
    void savedHeadsAndTrainedTokensAreNotModules() {
        try (Adapter adapter = open(new TinyAdapter()
                .module(Q, 6, 4)
                .random(P + "lm_head.weight", 3, 3)
                .random(P + "emb.token_adapter.trainable_tokens_delta", 1, 3))) {
            assertThat(names(adapter)).containsExactly(Q);
            assertThat(adapter.weights().tensors()).hasSize(4);
        }
    }

    @Test
    void aBiasOfBBelongsToItsModule() {
        try (Adapter adapter = open(
                new TinyAdapter().config("lora_bias", "true").module(Q, 6, 4).random(P + Q + ".lora_B.bias", 6))) {
            assertThat(adapter.modules().get(0).tensorNames())
                    .contains(P + Q + ".lora_B.bias")
                    .hasSize(3);
        }
    }

    @Test
    void readsAPickleIfThereAreNoSafetensors() throws IOException {
        Path pickled = Path.of("testdata/tiny-gpt2-pickled/adapter");
        Files.createDirectory(folder.resolve("a"));
        Files.copy(pickled.resolve("adapter_config.json"), folder.resolve("a/adapter_config.json"));
        Path file = Files.copy(pickled.resolve("adapter_model.bin"), folder.resolve("a/adapter_model.bin"));
        Path other = Files.copy(file, folder.resolve("a/epoch-3.bin"));
        for (Path location : List.of(file.getParent(), file)) {
            try (Adapter adapter = Adapter.open(location)) {
                assertThat(adapter.folder()).contains(file.getParent().toAbsolutePath());
                assertThat(adapter.weights().path()).isEqualTo(file);
                assertThat(names(adapter)).hasSize(6);
            }
            assertThat(Adapter.isAt(location)).isTrue();
        }
        try (Adapter adapter = Adapter.open(other)) {
            assertThat(adapter.folder()).isEmpty();
        }
    }

    @Test
    void refusesAPickleThatTorchDidNotWrite() throws IOException {
        new TinyAdapter().writeConfigTo(folder);
        Path pickle = Files.createFile(folder.resolve("adapter_model.bin"));
        assertThat(Refusal.of(() -> Adapter.open(folder)))
                .singleElement()
                .asString()
                .startsWith(pickle + ": file size 0");
    }

    @Test
    void aPickleNextToSafetensorsIsIgnored() throws IOException {
        Files.createFile(folder.resolve("adapter_model.bin"));
        try (Adapter adapter = open(new TinyAdapter().module(Q, 6, 4))) {
            assertThat(adapter.weights().path().getFileName()).hasToString("adapter_model.safetensors");
            assertThat(names(adapter)).containsExactly(Q);
        }
    }

    @Test
    void refusesAFolderWithoutAConfig() {
        assertThat(Refusal.of(() -> Adapter.open(folder)))
                .containsExactly(
                        folder + ": no adapter_config.json here; name the folder that PEFT's save_pretrained wrote");
    }

    @Test
    void refusesAFileWithoutAConfigBesideIt() throws IOException {
        new TinyAdapter().module(Q, 6, 4).writeTo(folder);
        Files.delete(folder.resolve("adapter_config.json"));
        assertThat(Refusal.of(() -> Adapter.open(weights())))
                .containsExactly(weights() + ": no adapter_config.json next to it; an adapter needs its config");
    }

    @Test
    void refusesAFolderWithoutWeights() {
        new TinyAdapter().writeConfigTo(folder);
        assertThat(Refusal.of(() -> Adapter.open(folder))).containsExactly(weights() + ": does not exist");
    }

    @Test
    void knowsItsFolderUnlessTheFileHasAnotherName() throws IOException {
        new TinyAdapter().module(Q, 6, 4).writeTo(folder);
        Path other = Files.copy(weights(), folder.resolve("epoch-3.safetensors"));
        for (Path location : List.of(folder, weights())) {
            try (Adapter adapter = Adapter.open(location)) {
                assertThat(adapter.folder()).contains(folder.toAbsolutePath());
            }
        }
        try (Adapter adapter = Adapter.open(other)) {
            assertThat(adapter.folder()).isEmpty();
            assertThat(names(adapter)).containsExactly(Q);
        }
    }

    @Test
    void recognizesAnAdaptersLocation() {
        assertThat(Adapter.isAt(folder)).isFalse();
        new TinyAdapter().module(Q, 6, 4).writeTo(folder);
        assertThat(Adapter.isAt(folder)).isTrue();
        assertThat(Adapter.isAt(weights())).isTrue();
        assertThat(Adapter.isAt(folder.getParent())).isFalse();
    }

    private Path weights() {
        return folder.resolve("adapter_model.safetensors");
    }

    private Adapter open(TinyAdapter adapter) {
        return Adapter.open(adapter.writeTo(folder));
    }

    private List<String> refusal(TinyAdapter adapter) {
        adapter.writeTo(folder);
        return Refusal.of(() -> Adapter.open(folder));
    }

    private static List<String> names(Adapter adapter) {
        return adapter.modules().stream().map(LoraModule::name).toList();
    }

    @Test
    void refusesADuplicateMatrix() {
        TinyAdapter adapter = new TinyAdapter().module(Q, 6, 4).random(Q + ".lora_B.weight", 6, 2);
        assertThat(Refusal.of(() -> open(adapter)))
                .singleElement()
                .asString()
                .contains(Q + ".lora_B.weight'")
                .contains("the same matrix is stored twice, also as '");
    }

    @Test
    void refusesAMatrixWithoutElements() {
        assertThat(Refusal.of(() -> open(new TinyAdapter().module(Q, 6, 0))))
                .singleElement()
                .asString()
                .endsWith(".lora_A.weight' shape [2, 0]: has no elements");
    }

    @Test
    void theConfigStandsForItsFolder() {
        Path config = new TinyAdapter().module(Q, 6, 4).writeTo(folder).resolve("adapter_config.json");
        try (Adapter adapter = Adapter.open(config)) {
            assertThat(adapter.folder()).contains(folder.toAbsolutePath());
        }
    }
}

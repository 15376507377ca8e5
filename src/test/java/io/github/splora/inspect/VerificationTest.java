package io.github.splora.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.client.ClientKind;
import io.github.splora.error.Problem;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {

    private static final String Q = "model.layers.0.self_attn.q_proj";
    private static final String V = "model.layers.0.self_attn.v_proj";

    @TempDir
    Path folder;

    @Test
    void aValidAdapterHasNoProblem() {
        assertThat(problems(new TinyAdapter().module(Q, 6, 4).module(V, 6, 4))).isEmpty();
    }

    @Test
    void namesModulesThatPeftWouldNotBuild() {
        assertThat(problems(new TinyAdapter()
                        .config("exclude_modules", "[\"layers.0.self_attn.q_proj\"]")
                        .module(Q, 6, 4)
                        .module(V, 6, 4)
                        .module("lm_head", 6, 4)))
                .containsExactly(unbuilt(Q), unbuilt("lm_head"));
    }

    @Test
    void namesPatternsThatMatchNothing() {
        assertThat(problems(new TinyAdapter()
                        .config("rank_pattern", "{\"q_proj\": 2, \"k_proj\": 4}")
                        .module(Q, 6, 4)))
                .containsExactly(
                        folder.resolve("adapter_config.json")
                                + ": rank_pattern or alpha_pattern 'k_proj': matches no module of the adapter: PEFT would warn");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_orig_mod.base_model.model.%s",
                "module.base_model.model.%s",
                "language_model.base_model.model.%s",
                "base_model.model.base_model.model.%s",
                "base_model.model._orig_mod.%s",
                "base_model.model.model._fsdp_wrapped_module.%s",
                "base_model.model.model.layers.0._checkpoint_wrapped_module.%s",
                "%s"
            })
    void namesTensorsThatPeftWouldIgnoreOnceWithTheirCount(String spelling) {
        String odd = spelling.replace("%s", V) + ".lora_";
        List<String> said = problems(
                new TinyAdapter().module(Q, 6, 4).random(odd + "A.weight", 2, 4).random(odd + "B.weight", 6, 2));
        assertThat(said).singleElement().asString().contains("'" + odd + "A.weight'", "would ignore 2 of 4 tensors");
        assertThat(said.get(0)).contains("'base_model.model.' followed by the module's path");
    }

    @Test
    void theNameOfAnAdapterInAKeyIsNoProblem() {
        assertThat(problems(new TinyAdapter()
                        .random("base_model.model." + Q + ".lora_A.default.weight", 2, 4)
                        .random("base_model.model." + Q + ".lora_B.default.weight", 6, 2)))
                .isEmpty();
    }

    @Test
    void anAdapterThatFitsItsModelHasNoProblem() {
        assertThat(problems(
                        new TinyAdapter().module(Q, 6, 4).module(V, 6, 4),
                        new TinyCheckpoint()
                                .random(Q + ".weight", 6, 4)
                                .random(V + ".weight", 6, 4)
                                .random("model.layers.0.mlp.up_proj.weight", 8, 4)))
                .isEmpty();
    }

    @Test
    void namesWhatDoesNotFitTheModel() {
        assertThat(problems(
                        new TinyAdapter().module(Q, 6, 4).module(V, 6, 4),
                        new TinyCheckpoint().random(Q + ".weight", 6, 5)))
                .hasSize(2)
                .anyMatch(line -> line.contains(Q + ".weight' shape [6, 5]"))
                .anyMatch(line -> line.contains("module '" + V + "'"));
    }

    @Test
    void namesLayersThatTheConfigTargetsButTheFileLacks() {
        assertThat(problems(
                        new TinyAdapter().module(Q, 6, 4),
                        new TinyCheckpoint().random(Q + ".weight", 6, 4).random(V + ".weight", 6, 4)))
                .containsExactly(folder.resolve("adapter_model.safetensors") + ": module '" + V
                        + "': the config targets this layer of "
                        + folder.resolve("model")
                        + ", but the adapter has no tensors for it: PEFT would warn, and may compute with"
                        + " uninitialized memory");
    }

    @Test
    void excludedLayersNeedNoTensors() {
        assertThat(problems(
                        new TinyAdapter()
                                .config("exclude_modules", "[\"layers.0.self_attn.v_proj\"]")
                                .module(Q, 6, 4),
                        new TinyCheckpoint().random(Q + ".weight", 6, 4).random(V + ".weight", 6, 4)))
                .isEmpty();
    }

    @Test
    void aHeadThatPeftTiesToItsTargetedEmbeddingIsTargetedToo() {
        TinyAdapter tied = new TinyAdapter()
                .config("target_modules", "[\"embed_tokens\"]")
                .config("ensure_weight_tying", "true")
                .random("base_model.model.model.embed_tokens.lora_embedding_A", 2, 6)
                .random("base_model.model.model.embed_tokens.lora_embedding_B", 4, 2)
                .module("lm_head", 6, 4);
        assertThat(problems(tied)).isEmpty();
        assertThat(problems(tied.config("ensure_weight_tying", "false"))).containsExactly(unbuilt("lm_head"));
    }

    @Test
    void aConfigWithoutTargetsLacksNoTensors() {
        assertThat(problems(
                        new TinyAdapter().config("target_modules", "null").module(Q, 6, 4),
                        new TinyCheckpoint().random(Q + ".weight", 6, 4).random(V + ".weight", 6, 4)))
                .isEmpty();
    }

    @Test
    void namesParametersThatTheConfigTargetsButTheFileLacksHoweverTheModelStoresThem() {
        TinyAdapter onFirstLayer = new TinyAdapter()
                .config("target_parameters", "[\"mlp.experts.down_proj\"]")
                .experts("model.layers.0.mlp.experts", 2, 6, 4);
        String lacking =
                folder.resolve("adapter_model.safetensors") + ": module 'model.layers.1.mlp.experts.down_proj':"
                        + " the config targets this layer of " + folder.resolve("model")
                        + ", but the adapter has no tensors for it: PEFT would warn, and may compute with"
                        + " uninitialized memory";
        assertThat(problems(
                        onFirstLayer,
                        new TinyCheckpoint()
                                .random("model.layers.0.mlp.experts.down_proj", 2, 6, 4)
                                .random("model.layers.1.mlp.experts.down_proj", 2, 6, 4)))
                .containsExactly(lacking);
        assertThat(problems(
                        onFirstLayer,
                        new TinyCheckpoint()
                                .random("model.layers.0.block_sparse_moe.experts.0.w2.weight", 6, 4)
                                .random("model.layers.0.block_sparse_moe.experts.1.w2.weight", 6, 4)
                                .random("model.layers.1.block_sparse_moe.experts.0.w2.weight", 6, 4)
                                .random("model.layers.1.block_sparse_moe.experts.1.w2.weight", 6, 4)))
                .containsExactly(lacking);
    }

    /** Layers that are on disk, but that transformers' class does not build. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mtp.layers.0.self_attn.v_proj",
                "model.mtp.layers.0.self_attn.v_proj",
                "model.mtp_layers.0.self_attn.v_proj",
                "model.layers.2.self_attn.v_proj",
                "model.language_model.layers.2.self_attn.v_proj",
                "model.layers.1.mlp.experts.0.v_proj"
            })
    void layersThatTheClassDoesNotBuildNeedNoTensors(String layer) {
        for (String config : List.of("{\"num_hidden_layers\": 2}", "{\"text_config\": {\"num_hidden_layers\": 2}}")) {
            assertThat(problems(
                            new TinyAdapter().module(Q, 6, 4).module(V, 6, 4),
                            new TinyCheckpoint()
                                    .config(config)
                                    .random(Q + ".weight", 6, 4)
                                    .random(V + ".weight", 6, 4)
                                    .random(layer + ".weight", 6, 4)))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.1.self_attn.v_proj, 2",
        "model.layers.2.self_attn.v_proj, 3",
        "model.visual.blocks.7.attn.v_proj, 2",
        "model.vision_tower.layers.7.attn.v_proj, 2",
        "v_proj, 2"
    })
    void layersThatTheClassBuildsNeedTensors(String layer, int count) {
        assertThat(problems(
                        new TinyAdapter().module(Q, 6, 4),
                        new TinyCheckpoint()
                                .config("{\"num_hidden_layers\": " + count + "}")
                                .random(Q + ".weight", 6, 4)
                                .random(layer + ".weight", 6, 4)))
                .singleElement()
                .asString()
                .contains("module '" + layer + "'");
    }

    @Test
    void ofExpertsOneByOneNoneMayBeMissingIfTheAdapterHasSome() {
        assertThat(problems(
                        new TinyAdapter().module("model.layers.0.mlp.experts.0.v_proj", 6, 4),
                        new TinyCheckpoint()
                                .random("model.layers.0.mlp.experts.0.v_proj.weight", 6, 4)
                                .random("model.layers.0.mlp.experts.1.v_proj.weight", 6, 4)))
                .singleElement()
                .asString()
                .contains("module 'model.layers.0.mlp.experts.1.v_proj'");
    }

    private String unbuilt(String module) {
        return folder.resolve("adapter_config.json") + ": module '" + module + "': has tensors, but"
                + " target_modules and exclude_modules do not select it: PEFT would ignore them";
    }

    private List<String> problems(TinyAdapter tiny) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder))) {
            return Verification.problems(adapter, List.of(ClientKind.PEFT)).stream()
                    .map(Problem::toString)
                    .toList();
        }
    }

    private List<String> problems(TinyAdapter tiny, TinyCheckpoint model) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder));
                Checkpoint checkpoint = Checkpoint.open(model.writeTo(folder.resolve("model")))) {
            return Verification.problems(adapter, checkpoint, List.of(ClientKind.PEFT)).stream()
                    .map(Problem::toString)
                    .toList();
        }
    }
}

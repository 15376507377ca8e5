package io.github.splora.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a module's weight is found if no tensor is named after the module. */
class LayoutsTest {

    private static final String EXPERTS = "model.layers.0.mlp.experts";

    @TempDir
    Path folder;

    private static TinyAdapter on(String parameter, long experts, long out, long in) {
        return new TinyAdapter()
                .config("target_parameters", "[\"experts." + parameter + "\"]")
                .experts(EXPERTS, experts, out, in);
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.mlp.experts.gate_up_proj",
        "model.language_model.layers.0.mlp.experts.gate_up_proj",
        "layers.0.mlp.experts.fc1.weight",
        "model.layers.0.block_sparse_moe.experts.gate_up_proj"
    })
    void aStackIsFoundUnderTheNamesThatModelsGiveIt(String tensor) {
        assertThat(tensors(on("gate_up_proj", 2, 6, 4), new TinyCheckpoint().random(tensor, 2, 6, 4)))
                .containsExactly(tensor);
    }

    @Test
    void expertsInPartsAreTakenInOrder() {
        assertThat(tensors(
                        on("gate_up_proj", 2, 6, 4),
                        new TinyCheckpoint()
                                .random(EXPERTS + ".1.up_proj.weight", 3, 4)
                                .random(EXPERTS + ".0.gate_proj.weight", 3, 4)
                                .random(EXPERTS + ".0.up_proj.weight", 3, 4)
                                .random(EXPERTS + ".1.gate_proj.weight", 3, 4)))
                .containsExactly(
                        EXPERTS + ".0.gate_proj.weight",
                        EXPERTS + ".0.up_proj.weight",
                        EXPERTS + ".1.gate_proj.weight",
                        EXPERTS + ".1.up_proj.weight");
    }

    @Test
    void anotherNumberOfExpertsIsAnotherModel() {
        TinyCheckpoint three = new TinyCheckpoint()
                .random(EXPERTS + ".0.down_proj.weight", 6, 4)
                .random(EXPERTS + ".1.down_proj.weight", 6, 4)
                .random(EXPERTS + ".2.down_proj.weight", 6, 4);
        assertThat(Refusal.of(() -> tensors(on("down_proj", 2, 6, 4), three)))
                .contains(folder.resolve("model") + ": tensor '" + EXPERTS
                        + ".0.down_proj.weight' and 2 more shape [3, 6, 4]: the" + " adapter's module '" + EXPERTS
                        + ".down_proj' needs [2, 6, 4]; was it trained on another model?");
    }

    @Test
    void anIncompleteSetOfExpertsIsNotAStack() {
        TinyCheckpoint gatesAlone = new TinyCheckpoint().random(EXPERTS + ".0.gate_proj.weight", 3, 4);
        assertThat(Refusal.of(() -> tensors(on("gate_up_proj", 1, 6, 4), gatesAlone)))
                .contains(folder.resolve("model") + ": module '" + EXPERTS
                        + ".gate_up_proj': no tensor in this checkpoint matches this module of the adapter");
    }

    @Test
    void anExpertOutsideTheStackIsNotFound() {
        TinyAdapter third = new TinyAdapter().module(EXPERTS + ".2.w2", 6, 4);
        assertThat(Refusal.of(() -> tensors(third, new TinyCheckpoint().random(EXPERTS + ".down_proj", 2, 6, 4))))
                .contains(folder.resolve("model") + ": module '" + EXPERTS
                        + ".2.w2': no tensor in this checkpoint matches this module of the adapter");
    }

    @Test
    void aSquareStackIsOrientedByTheTypeOfModel() {
        TinyCheckpoint square = new TinyCheckpoint().random(EXPERTS + ".down_proj", 2, 4, 4);
        assertThat(isTransposed(on("down_proj", 2, 4, 4), square)).isFalse();
        assertThat(isTransposed(on("down_proj", 2, 4, 4), square.config("{\"model_type\": \"gpt_oss\"}")))
                .isTrue();
    }

    @Test
    void aTiedHeadHasTheEmbeddingsWeight() {
        TinyAdapter onHead = new TinyAdapter().module("lm_head", 10, 4);
        TinyCheckpoint tied = new TinyCheckpoint().random("model.embed_tokens.weight", 10, 4);
        assertThat(tensors(onHead, tied)).containsExactly("model.embed_tokens.weight");
        assertThat(tensors(onHead, new TinyCheckpoint().random("transformer.wte.weight", 10, 4)))
                .containsExactly("transformer.wte.weight");
        assertThat(tensors(onHead, new TinyCheckpoint().random("language_model.model.embed_tokens.weight", 10, 4)))
                .containsExactly("language_model.model.embed_tokens.weight");
    }

    @Test
    void aSeparateHeadTakesPrecedenceAndAnUntiedHeadMustExist() {
        TinyAdapter onHead = new TinyAdapter().module("lm_head", 10, 4);
        TinyCheckpoint model = new TinyCheckpoint().random("model.embed_tokens.weight", 10, 4);
        assertThat(Refusal.of(() -> tensors(onHead, model.config("{\"tie_word_embeddings\": false}"))))
                .contains(folder.resolve("model")
                        + ": module 'lm_head': no tensor in this checkpoint matches this module of the adapter");
        assertThat(tensors(onHead, model.random("lm_head.weight", 10, 4))).containsExactly("lm_head.weight");
    }

    @Test
    void anEmbeddingAndTheHeadTiedToItMayBothBeTargeted() {
        TinyAdapter both = new TinyAdapter()
                .module("lm_head", 10, 4)
                .random("base_model.model.model.embed_tokens.lora_embedding_A", 2, 10)
                .random("base_model.model.model.embed_tokens.lora_embedding_B", 4, 2);
        assertThat(tensors(both, new TinyCheckpoint().random("model.embed_tokens.weight", 10, 4)))
                .containsExactly("model.embed_tokens.weight", "model.embed_tokens.weight");
    }

    private boolean isTransposed(TinyAdapter tiny, TinyCheckpoint model) {
        return pair(tiny, model).get(0).weights().get(0).transposed();
    }

    /** Returns the names of the tensors that make up the weights of the adapter's modules, module by module. */
    private List<String> tensors(TinyAdapter tiny, TinyCheckpoint model) {
        return pair(tiny, model).stream()
                .flatMap(paired -> paired.weights().stream()
                        .flatMap(weights -> weights.aligned().tensors().stream())
                        .map(StoredTensor::name)
                        .distinct())
                .toList();
    }

    private List<PairedModule> pair(TinyAdapter tiny, TinyCheckpoint model) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder.resolve("adapter")));
                Checkpoint checkpoint = Checkpoint.open(model.writeTo(folder.resolve("model")))) {
            return ModulePairing.pair(adapter.modules(), adapter.config(), checkpoint, checkpoint);
        }
    }
}

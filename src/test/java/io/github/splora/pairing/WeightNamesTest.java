package io.github.splora.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightNamesTest {

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.self_attn.q_proj, model.layers.0.self_attn.q_proj.weight",
        "model.layers.0.self_attn.q_proj, layers.0.self_attn.q_proj.weight",
        "layers.0.self_attn.q_proj, model.layers.0.self_attn.q_proj.weight",
        "model.language_model.layers.0.self_attn.q_proj, language_model.model.layers.0.self_attn.q_proj.weight",
        "language_model.model.layers.0.self_attn.q_proj, model.language_model.layers.0.self_attn.q_proj.weight",
        "model.language_model.layers.0.self_attn.q_proj, model.layers.0.self_attn.q_proj.weight",
        "language_model.model.layers.0.self_attn.q_proj, model.layers.0.self_attn.q_proj.weight",
        "transformer.h.0.attn.c_attn, h.0.attn.c_attn.weight",
        "h.0.attn.c_attn, transformer.h.0.attn.c_attn.weight",
        "gpt_neox.layers.0.attention.dense, layers.0.attention.dense.weight",
        "bert.encoder.layer.0.attention.self.query, encoder.layer.0.attention.self.query.weight",
        "roberta.encoder.layer.0.attention.self.query, encoder.layer.0.attention.self.query.weight",
        "decoder.block.3.layer.0.SelfAttention.q, transformer.decoder.block.3.layer.0.SelfAttention.q.weight",
        "model.layers.0.self_attn.q_proj, some.wrapper.layers.0.self_attn.q_proj.weight",
        "lm_head, lm_head.weight",
        "lm_head, embed_out.weight",
        "model.layers.0.mlp.gate, model.layers.0.block_sparse_moe.gate.weight",
        "model.layers.0.block_sparse_moe.experts.3.w1, layers.0.mlp.experts.3.w1.weight",
        "vit.layers.0.attention.q_proj, vit.encoder.layer.0.attention.attention.query.weight",
        "vit.encoder.layer.0.attention.output.dense, vit.layers.0.attention.o_proj.weight",
        "vit.layers.0.mlp.fc2, encoder.layer.0.output.dense.weight",
        "model.embed_tokens, model.language_model.embed_tokens.weight",
        "language_model.lm_head, lm_head.weight",
        "model.embed_out, embed_out.weight"
    })
    void aModulesWeightIsFoundUnderTheOtherNamesOfItsLayer(String module, String tensor) {
        WeightNames names =
                new WeightNames(List.of(tensor, "other.1.weight", "model.layers.1.self_attn.q_proj.weight"));
        assertThat(names.candidates(module)).containsExactly(tensor);
    }

    @Test
    void theExactNameComesFirst() {
        WeightNames names =
                new WeightNames(List.of("layers.0.q.weight", "model.layers.0.q.weight", "x.layers.0.q.weight"));
        assertThat(names.candidates("model.layers.0.q")).containsExactly("model.layers.0.q.weight");
    }

    @Test
    void aKnownPrefixComesBeforeAnyOther() {
        WeightNames names = new WeightNames(List.of("vision_tower.layers.0.q.weight", "layers.0.q.weight"));
        assertThat(names.candidates("model.layers.0.q")).containsExactly("layers.0.q.weight");
    }

    @Test
    void allCandidatesAreNamed() {
        WeightNames names = new WeightNames(List.of("one.layers.0.q.weight", "two.layers.0.q.weight"));
        assertThat(names.candidates("model.layers.0.q"))
                .containsExactlyInAnyOrder("one.layers.0.q.weight", "two.layers.0.q.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "layers.0.q, thinker, thinker.model.layers.0.q.weight",
        "model.layers.0.q, talker, talker.model.layers.0.q.weight",
        "model.layers.0.q, talker.model, talker.model.layers.0.q.weight",
        "layers.0.q, vision_tower, vision_tower.encoder.layers.0.q.weight",
        "layers.0.q, vision_tower., vision_tower.encoder.layers.0.q.weight",
        // The whole name comes first, and a name that says which modality it belongs to is not moved to another.
        "thinker.model.layers.0.q, talker, thinker.model.layers.0.q.weight",
        "model.visual.encoder.layers.0.q, talker, vision_tower.encoder.layers.0.q.weight",
        // Parts of a path, not of a part.
        "layers.0.q, think, ''",
        "layers.0.absent, thinker, ''",
    })
    void theChosenTowerDecides(String module, String tower, String expected) {
        Set<String> tensors = Set.of(
                "thinker.model.layers.0.q.weight",
                "talker.model.layers.0.q.weight",
                "vision_tower.encoder.layers.0.q.weight",
                "thinker.lm_head.weight");
        WeightNames names = new WeightNames(tensors, ChosenTower.among(tensors, tower));
        List<String> plain = new WeightNames(tensors).candidates(module);
        assertThat(names.candidates(module))
                .isEqualTo(tower.equals("think") ? plain : expected.isEmpty() ? List.of() : List.of(expected));
    }

    @Test
    void aWholePathBeforeTheBlocksComesBeforeAPart() {
        Set<String> tensors = Set.of("x.layers.0.q.weight", "x.other.layers.0.q.weight");
        assertThat(new WeightNames(tensors, ChosenTower.among(tensors, "x")).candidates("layers.0.q"))
                .containsExactly("x.layers.0.q.weight");
        assertThat(ChosenTower.advice(tensors)).isEqualTo("; choose one with --tower x or --tower other");
    }

    @Test
    void theCandidateWithTheLongestCommonSuffixWins() {
        WeightNames names = new WeightNames(
                List.of("wrapped.model.encoder.layers.0.q.weight", "wrapped.model.decoder.layers.0.q.weight"));
        assertThat(names.candidates("base.encoder.layers.0.q"))
                .containsExactly("wrapped.model.encoder.layers.0.q.weight");
        assertThat(names.candidates("base.decoder.layers.0.q"))
                .containsExactly("wrapped.model.decoder.layers.0.q.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "model.language_model.layers.0.self_attn.q_proj, language_model.model.layers.0.self_attn.q_proj.weight",
        "model.layers.0.self_attn.q_proj, language_model.model.layers.0.self_attn.q_proj.weight",
        "model.vision_tower.encoder.layers.0.self_attn.q_proj,"
                + " vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight",
        "vision_tower.vision_model.encoder.layers.0.self_attn.q_proj,"
                + " vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight",
        "model.multi_modal_projector.linear_1, multi_modal_projector.linear_1.weight",
        "lm_head, language_model.lm_head.weight",
        "model.language_model.embed_tokens, language_model.model.embed_tokens.weight"
    })
    void theTowersOfAVisionLanguageModelAreNotMixedUp(String module, String tensor) {
        WeightNames llava = new WeightNames(List.of(
                "language_model.lm_head.weight",
                "language_model.model.embed_tokens.weight",
                "language_model.model.layers.0.self_attn.q_proj.weight",
                "multi_modal_projector.linear_1.weight",
                "vision_tower.vision_model.encoder.layers.0.self_attn.q_proj.weight"));
        assertThat(llava.candidates(module)).containsExactly(tensor);
    }

    @ParameterizedTest
    @CsvSource({
        "model.language_model.layers.0.mlp.up_proj, model.vision_tower.layers.0.mlp.up_proj.weight",
        "model.vision_tower.layers.0.mlp.up_proj, model.language_model.layers.0.mlp.up_proj.weight",
        "model.audio_tower.layers.0.mlp.up_proj, model.vision_tower.layers.0.mlp.up_proj.weight",
        "model.layers.0.mlp.up_proj, visual.layers.0.mlp.up_proj.weight"
    })
    void aLayerOfAnotherTowerIsNotACandidate(String module, String tensor) {
        assertThat(new WeightNames(List.of(tensor)).candidates(module)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.q, model.layers.1.q.weight",
        "model.layers.1.q, model.layers.11.q.weight",
        "model.layers.0.q, model.layers.0.q.bias",
        "model.layers.0.q, model.layers.0.k.weight",
        "model.layers.0.q, model.h.0.q.weight",
        "model.layers.0.q, model.layers.0.xq.weight",
        "encoder.block.0.layer.0.q, encoder.block.0.layer.1.q.weight",
        "lm_head, model.embed_tokens.weight",
        "score, x.score.weight"
    })
    void anotherLayersWeightIsNotACandidate(String module, String tensor) {
        assertThat(new WeightNames(List.of(tensor)).candidates(module)).isEmpty();
    }
}

package io.github.splora.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
    "model.embed_out, embed_out.weight"
  })
  void aModulesWeightIsFoundUnderTheOtherNamesOfItsLayer(String module, String tensor) {
    WeightNames names = new WeightNames(List.of(tensor, "other.1.weight", "model.layers.1.self_attn.q_proj.weight"));
    assertThat(names.candidates(module)).containsExactly(tensor);
  }

  @Test
  void theExactNameComesFirst() {
    WeightNames names = new WeightNames(List.of("layers.0.q.weight", "model.layers.0.q.weight", "x.layers.0.q.weight"));
    assertThat(names.candidates("model.layers.0.q")).containsExactly("model.layers.0.q.weight");
  }

  @Test
  void aKnownPrefixComesBeforeAnyOther() {
    WeightNames names = new WeightNames(List.of("vision_tower.layers.0.q.weight", "layers.0.q.weight"));
    assertThat(names.candidates("model.layers.0.q")).containsExactly("layers.0.q.weight");
  }

  @Test
  void severalThatCouldBeItAreAllNamed() {
    WeightNames names = new WeightNames(List.of("vision.layers.0.q.weight", "text.layers.0.q.weight"));
    assertThat(names.candidates("model.layers.0.q"))
        .containsExactlyInAnyOrder("vision.layers.0.q.weight", "text.layers.0.q.weight");
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
  void anotherLayersWeightIsNone(String module, String tensor) {
    assertThat(new WeightNames(List.of(tensor)).candidates(module)).isEmpty();
  }
}

package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionLayersTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.q_proj",
                "transformer.h.0.attn.c_attn",
                "transformer.h.0.attn.c_proj",
                "gpt_neox.layers.0.attention.dense",
                "transformer.h.0.self_attention.query_key_value",
                "encoder.block.0.layer.0.SelfAttention.o",
                "encoder.layer.0.attention.output.dense",
                "q_proj"
            })
    void projectionsOfAttentionLayersAreFound(String name) {
        assertThat(AttentionLayers.hold(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.mlp.down_proj",
                "transformer.h.0.mlp.c_proj",
                "gpt_neox.layers.0.mlp.dense_h_to_4h",
                "encoder.block.0.layer.1.DenseReluDense.wo",
                "model.embed_tokens",
                "attn",
                "lm_head"
            })
    void otherLayersAreNot(String name) {
        assertThat(AttentionLayers.hold(name)).isFalse();
    }
}

package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FusionTest {

    @ParameterizedTest
    @CsvSource({
        "model.layers.0.self_attn.q_proj, model.layers.0.self_attn.qkv_proj",
        "model.layers.0.self_attn.k_proj, model.layers.0.self_attn.qkv_proj",
        "model.layers.0.self_attn.v_proj, model.layers.0.self_attn.qkv_proj",
        "model.layers.12.mlp.gate_proj, model.layers.12.mlp.gate_up_proj",
        "model.layers.12.mlp.up_proj, model.layers.12.mlp.gate_up_proj",
        "model.layers.12.mlp.down_proj, model.layers.12.mlp.down_proj",
        "model.layers.0.self_attn.qkv_proj, model.layers.0.self_attn.qkv_proj",
        "encoder.q_proj.dense, encoder.q_proj.dense",
        "q_proj, qkv_proj",
        "lm_head, lm_head",
    })
    void aModuleIsPartOfTheMatrixThatServingEnginesFuse(String module, String fusion) {
        assertThat(Fusion.of(module)).isEqualTo(fusion);
    }
}

package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.AdapterKey.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterKeyTest {

    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers.0.q_proj.lora_A.weight, model.layers.0.q_proj, LORA_A, ''",
        "base_model.model.model.layers.0.q_proj.lora_B.weight, model.layers.0.q_proj, LORA_B, ''",
        "base_model.model.q_proj.lora_A.default.weight, q_proj, LORA_A, default",
        "base_model.model.q_proj.lora_B.my-adapter.weight, q_proj, LORA_B, my-adapter",
        "base_model.model.q_proj.lora_B.weight.weight, q_proj, LORA_B, weight",
        "base_model.model.q_proj.lora_B.bias, q_proj, LORA_B_BIAS, ''",
        "base_model.model.q_proj.lora_B.default.bias, q_proj, LORA_B_BIAS, default",
        "base_model.model.emb.lora_embedding_A, emb, EMBEDDING_A, ''",
        "base_model.model.emb.lora_embedding_B.default, emb, EMBEDDING_B, default",
        "base_model.model.q_proj.lora_magnitude_vector, q_proj, MAGNITUDE, ''",
        "base_model.model.q_proj.lora_magnitude_vector.weight, q_proj, MAGNITUDE, ''",
        "base_model.model.q_proj.lora_magnitude_vector.default, q_proj, MAGNITUDE, default",
        "base_model.model.q_proj.lora_magnitude_vector.default.weight, q_proj, MAGNITUDE, default",
        "base_model.model.q_proj.base_layer.bias, q_proj, BASE_BIAS, ''",
        "base_model.model.embed_tokens.base_layer.weight, embed_tokens, BASE_WEIGHT, ''",
        "base_model.model.mlp.experts.base_layer.lora_A.weight, mlp.experts.base_layer, LORA_A, ''",
        "model.layers.0.q_proj.lora_A.weight, model.layers.0.q_proj, LORA_A, ''"
    })
    void isParsedIntoModulePartAndAdapterName(String key, String module, Part part, String adapterName) {
        assertThat(AdapterKey.parse(key)).isEqualTo(new AdapterKey(module, part, adapterName));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base_model.model.lm_head.weight",
                "base_model.model.embed.token_adapter.trainable_tokens_delta",
                "base_model.model.score.weight",
                "base_model.model.q_proj.lora_A",
                "base_model.model.q_proj.lora_A.bias",
                "lora_A.weight",
                "base_model.model.q_proj.lora_A.a.b.weight",
                "base_model.model.q_proj.lora_C.weight",
                "base_model.model.q_proj.hada_w1_a",
                "base_model.model.lin0.ia3_l",
                ""
            })
    void anythingElseBelongsToNoModule(String key) {
        assertThat(AdapterKey.parse(key)).isEqualTo(new AdapterKey(null, Part.OTHER, ""));
    }

    @Test
    void aLineBreakInANameHidesNoModule() {
        assertThat(AdapterKey.parse("base_model.model.layers.0.x\ny.lora_A.weight"))
                .isEqualTo(new AdapterKey("layers.0.x\ny", Part.LORA_A, ""));
    }
}

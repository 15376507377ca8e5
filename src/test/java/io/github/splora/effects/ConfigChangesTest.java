package io.github.splora.effects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a config changes is named, and what transformers reads alike is not. */
class ConfigChangesTest {

    private static final String LLAMA = "'model_type': 'llama', 'hidden_size': 64, 'num_attention_heads': 4";

    private static ObjectNode config(String fields) {
        return StrictJson.parsedObject("{" + fields.replace('\'', '"') + "}").orElseThrow();
    }

    private static List<String> changes(String aligned, String adapted) {
        return List.copyOf(ConfigChanges.between(config(aligned), config(adapted)));
    }

    /** Fields that only one side has, and that change the model. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tie_word_embeddings': true",
                "'head_dim': 8",
                "'attention_bias': true",
                "'hidden_act': 'relu'",
                "'rms_norm_eps': 0.01",
                "'num_key_value_heads': 2",
                "'num_experts_per_tok': 1",
                "'sliding_window': 16",
                "'attn_logit_softcapping': 5.0",
                "'max_position_embeddings': 9",
                "'auto_map': {'AutoModel': 'modeling.Model'}",
                "'quantization_config': {'quant_method': 'bitsandbytes'}",
                "'architectures': ['OtherForCausalLM']",
                "'layer_types': ['sliding_attention']",
                "'a_field_of_a_later_version': 0",
            })
    void namesAFieldOfOneSide(String field) {
        String name = field.substring(1, field.indexOf("':"));
        assertThat(changes(LLAMA, LLAMA + ", " + field)).containsExactly(name);
        assertThat(changes(LLAMA + ", " + field, LLAMA)).containsExactly(name);
    }

    /** Defaults, derived values, and fields without an effect. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tie_word_embeddings': false",
                "'head_dim': 16",
                "'head_dim': null",
                "'num_key_value_heads': 4",
                "'rms_norm_eps': 0.0000010",
                "'mlp_bias': false",
                "'rope_scaling': null",
                "'rope_theta': 10000",
                "'rope_parameters': {'rope_theta': 10000.0, 'rope_type': 'default'}",
                "'dtype': 'bfloat16', 'torch_dtype': 'float16'",
                "'attention_dropout': 0.5",
                "'transformers_version': '4.1', '_name_or_path': 'x', 'use_cache': false",
                "'num_hidden_layers': 32, 'layer_types': ["
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention',"
                        + "'full_attention', 'full_attention', 'full_attention', 'full_attention']",
            })
    void defaultsAreNoChanges(String fields) {
        assertThat(changes(LLAMA, LLAMA + ", " + fields)).isEmpty();
        assertThat(changes(LLAMA + ", " + fields, LLAMA)).isEmpty();
    }

    static Stream<List<String>> rotaryEmbeddings() {
        String llama3 = "'rope_type': 'llama3', 'factor': 8.0, 'low_freq_factor': 1.0, 'high_freq_factor': 4.0,"
                + " 'original_max_position_embeddings': 8192";
        return Stream.of(
                List.of(
                        "'rope_theta': 5e5, 'rope_scaling': {" + llama3 + "}",
                        "'rope_parameters': {'rope_theta': 500000.0, " + llama3 + "}",
                        ""),
                List.of(
                        "'rope_theta': 5e5, 'rope_scaling': {" + llama3 + "}",
                        "'rope_parameters': {'rope_theta': 5, " + llama3 + "}",
                        "rope_theta"),
                List.of(
                        "'rope_scaling': {'type': 'linear', 'factor': 2}",
                        "'rope_parameters': {'rope_type': 'linear', 'factor': 3, 'rope_theta': 10000}",
                        "rope_scaling.factor"),
                List.of(
                        "'rope_scaling': {'type': 'linear', 'factor': 2}",
                        "",
                        "rope_scaling.factor rope_scaling.rope_type"),
                List.of(
                        "'rope_theta': 5e5",
                        "'rope_theta': 10, 'rope_parameters': {'rope_theta': 5e5, 'rope_type': 'default'}",
                        "rope_theta"),
                List.of(
                        "",
                        "'rope_scaling': {'rope_type': 'default', 'type': 'linear', 'factor': 4}",
                        "rope_scaling.factor rope_scaling.type"),
                List.of("'partial_rotary_factor': 0.5", "'rope_parameters': {'partial_rotary_factor': 0.5}", ""),
                List.of(
                        "'partial_rotary_factor': 0.5",
                        "'partial_rotary_factor': 0.1, 'rope_parameters': {'partial_rotary_factor': 0.5}",
                        "partial_rotary_factor"));
    }

    @ParameterizedTest
    @MethodSource("rotaryEmbeddings")
    void comparesRotaryEmbeddingsUnderEitherName(List<String> texts) {
        List<String> expected =
                texts.get(2).isEmpty() ? List.of() : List.of(texts.get(2).split(" "));
        String comma = texts.get(1).isEmpty() ? "" : ", ";
        String aligned = LLAMA + (texts.get(0).isEmpty() ? "" : ", ") + texts.get(0);
        assertThat(changes(aligned, LLAMA + comma + texts.get(1))).isEqualTo(expected);
        assertThat(changes(LLAMA + comma + texts.get(1), aligned)).isEqualTo(expected);
    }

    @Test
    void comparesRotaryEmbeddingsOfTwoKindsOfLayers() {
        String old = "'model_type': 'gemma3_text', 'rope_scaling': {'rope_type': 'linear', 'factor': 8.0}";
        String now = "'model_type': 'gemma3_text', 'rope_parameters': {"
                + "'full_attention': {'rope_type': 'linear', 'factor': 8.0, 'rope_theta': 1000000.0},"
                + "'sliding_attention': {'rope_type': 'default', 'rope_theta': LOCAL}}";
        assertThat(changes(old, now.replace("LOCAL", "10000"))).isEmpty();
        assertThat(changes(old, now.replace("LOCAL", "10"))).containsExactly("rope_local_base_freq");
    }

    @ParameterizedTest
    @CsvSource({"gemma3_text,6", "gemma2,2", "gpt_oss,2", "cohere2,4"})
    void knowsTheTypesOfLayers(String type, int period) {
        StringBuilder types = new StringBuilder();
        for (int layer = 1; layer <= 12; layer++) {
            types.append(layer == 1 ? "" : ",")
                    .append(layer % period == 0 ? "'full_attention'" : "'sliding_attention'");
        }
        String model = "'model_type': '" + type + "', 'num_hidden_layers': 12";
        assertThat(changes(model, model + ", 'layer_types': [" + types + "]")).isEmpty();
        assertThat(changes(
                        model, model + ", 'layer_types': [" + types.toString().replaceFirst("sliding", "full") + "]"))
                .containsExactly("layer_types");
        assertThat(changes(model, model + ", 'sliding_window_pattern': 3")).containsExactly("layer_types");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "gpt_neox | 'rotary_pct': 0.3, 'rotary_emb_base': 500"
                        + "       | 'rope_parameters': {'partial_rotary_factor': 0.3, 'rope_theta': 500}",
                "phi3     | 'rope_theta': 5 | 'rope_parameters': {'rope_theta': 5, 'partial_rotary_factor': 1.0, 'rope_type': 'default'}",
                "qwen2    | 'sliding_window': 131072, 'use_sliding_window': false | 'sliding_window': null",
                "qwen2_vl | 'hidden_size': 64, 'rope_scaling': {'type': 'mrope', 'mrope_section': [1, 2]}"
                        + "       | 'text_config': {'hidden_size': 64, 'rope_parameters':"
                        + "         {'type': 'mrope', 'rope_type': 'default', 'mrope_section': [1, 2], 'rope_theta': 1e6}}",
            })
    void readsWhatTransformersRenamed(String type, String old, String now) {
        String model = "'model_type': '" + type + "', ";
        assertThat(changes(model + old, model + now)).isEmpty();
        assertThat(changes(model + old, "'model_type': 'x'")).isNotEmpty();
    }

    @Test
    void comparesNestedModelsWithTheirOwnDefaults() {
        String model = "'model_type': 'gemma3', 'text_config': {'model_type': 'gemma3_text', 'head_dim': 256 MORE}";
        String plain = model.replace(" MORE", "");
        assertThat(changes(plain, "'model_type': 'gemma3'")).isEmpty();
        assertThat(changes(plain, model.replace(" MORE", ", 'torch_dtype': 'float16'")))
                .isEmpty();
        assertThat(changes(plain, model.replace(" MORE", ", 'query_pre_attn_scalar': 1")))
                .containsExactly("text_config.query_pre_attn_scalar");
        assertThat(changes("'model_type': 'gemma3'", "'model_type': 'gemma3', 'text_config': {'sliding_window': 1}"))
                .containsExactly("text_config.sliding_window");
    }

    @ParameterizedTest
    @CsvSource({"llama,false", "roberta,true", "bart,true"})
    void thePaddingTokenCountsWherePositionsDependOnIt(String type, boolean counts) {
        String model = "'model_type': '" + type + "', 'pad_token_id': ";
        assertThat(changes(model + 1, model + 2).contains("pad_token_id")).isEqualTo(counts);
    }

    @Test
    void nothingIsAssumedOfAnUnknownModel() {
        assertThat(changes("'model_type': 'x'", "'model_type': 'x', 'sliding_window': null"))
                .containsExactly("sliding_window");
        assertThat(changes("'model_type': 'mistral', 'sliding_window': null", "'model_type': 'mistral'"))
                .containsExactly("sliding_window");
    }
}

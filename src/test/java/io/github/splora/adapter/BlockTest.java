package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockTest {

    @ParameterizedTest
    @CsvSource({
        "model.layers.3.self_attn.q_proj, model.layers.3, 3",
        "h.0.attn.c_attn, h.0, 0",
        "transformer.h.11.mlp.c_proj, transformer.h.11, 11",
        "encoder.block.0.layer.1.DenseReluDense.wi, encoder.block.0, 0",
        "decoder.block.0.layer.1.EncDecAttention.q, decoder.block.0, 0",
        "model.layers.2.experts.7.w1, model.layers.2, 2",
        "0.weight, 0, 0",
        "stages.1.blocks.2.mlp.fc1, stages.1, 1"
    })
    void isAtTheFirstNumberOfAName(String module, String path, int index) {
        assertThat(Block.of(module)).contains(new Block(path, index));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lm_head",
                "model.embed_tokens",
                "lin0",
                "model.layers.3",
                "conv2d.proj",
                "a.1x.b",
                "a.b1.c",
                "a.9999999999.b",
                ""
            })
    void aNameWithoutANumberBeforeItsEndHasNone(String module) {
        assertThat(Block.of(module)).isEmpty();
    }

    @Test
    void stacksWithEqualNumbersDiffer() {
        assertThat(Block.of("encoder.block.0.layer.0.q")).isNotEqualTo(Block.of("decoder.block.0.layer.0.q"));
    }

    @ParameterizedTest
    @CsvSource({
        "model.layers.3.self_attn.q_proj, layers.3.self_attn.q_proj",
        "model.language_model.layers.3.self_attn.q_proj, layers.3.self_attn.q_proj",
        "h.0.attn.c_attn, h.0.attn.c_attn",
        "encoder.block.0.layer.1.wi, block.0.layer.1.wi",
        "0.q, 0.q",
        "lm_head, lm_head",
        "model.embed_tokens, model.embed_tokens"
    })
    void theSuffixStartsAtTheContainerOfTheBlocks(String module, String suffix) {
        assertThat(Block.suffixFromBlock(module)).isEqualTo(suffix);
    }
}

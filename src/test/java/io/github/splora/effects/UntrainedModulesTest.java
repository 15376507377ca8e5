package io.github.splora.effects;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UntrainedModulesTest {

    private static final String Q = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "false; [\"q_proj\", \"v_proj\"]; true",
                "null; [\"q_proj\", \"v_proj\"]; true",
                "\"\"; [\"q_proj\", \"v_proj\"]; true",
                "false; [\"model.layers.0.self_attn.v_proj\", \"q_proj\"]; true",
                "false; \"model.*_proj\"; true",
                "false; \"all-linear\"; true",
                "true; [\"q_proj\", \"v_proj\"]; false",
                "\"gaussian\"; [\"q_proj\", \"v_proj\"]; false",
                "\"orthogonal\"; [\"q_proj\", \"v_proj\"]; true",
                "\"pissa\"; [\"q_proj\", \"v_proj\"]; true",
                "\"OLoRA\"; [\"q_proj\", \"v_proj\"]; true",
                "\"eva\"; [\"q_proj\", \"v_proj\"]; false",
                "\"mica\"; [\"q_proj\", \"v_proj\"]; false",
                "\"lora_ga\"; [\"q_proj\", \"v_proj\"]; false",
                "false; [\"q_proj\", \"conv\"]; true",
                "true; [\"q_proj\", \"conv\"]; false",
                "false; [\"q_proj\", \"1.gate_proj\"]; true",
                "false; \"language_model.model.layers.0.self_attn.v_proj|.*q_proj\"; true",
                "false; [\"q_proj\"]; false",
                "false; [\"q_proj\", \"k_proj\"]; false"
            })
    void layersWithoutFactorsStartAtRandomIfTheConfigSelectsThem(String init, String targets, boolean expected) {
        TinyAdapter adapter = new TinyAdapter()
                .config("init_lora_weights", init)
                .config("target_modules", targets)
                .module(Q, 6, 4);
        assertThat(areRandom(adapter, "model.")).isEqualTo(expected);
        assertThat(areRandom(adapter, "")).as("a checkpoint without the prefix").isEqualTo(expected);
    }

    @Test
    void embeddingsHeadsAndConvolutionsAreNotAmongAllLinearLayers() {
        TinyAdapter adapter = new TinyAdapter()
                .config("init_lora_weights", "false")
                .config("target_modules", "\"all-linear\"")
                .module(Q, 6, 4)
                .module("model.layers.0.self_attn.v_proj", 6, 4)
                .module("model.layers.0.mlp.experts.1.gate_proj", 6, 4);
        assertThat(areRandom(adapter, "model.")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"false,true", "'\"orthogonal\"',true", "true,false", "'\"gaussian\"',false"})
    void expertsWithoutFactorsCountToo(String init, boolean expected) {
        TinyAdapter adapter = new TinyAdapter()
                .config("init_lora_weights", init)
                .config("target_modules", "[\"q_proj\"]")
                .config("target_parameters", "[\"mlp.experts.down_proj\"]")
                .module(Q, 6, 4);
        assertThat(areRandom(adapter, "model.")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "target_modules; [\"q_proj\", \"lm_head\"]",
                "target_parameters; [\"lm_head.weight\"]",
                "target_parameters; [\"embed_tokens.weight\"]",
                "target_parameters; [\"self_attn.v_proj.weight\"]",
            })
    void tiedHeadsAndAnyParameterCountToo(String field, String targets) {
        TinyAdapter adapter =
                new TinyAdapter().config("init_lora_weights", "false").module(Q, 6, 4);
        adapter.config("target_modules", "[\"q_proj\"]").config(field, targets);
        TinyCheckpoint model = new TinyCheckpoint()
                .random(Q + ".weight", 6, 4)
                .random("model.layers.0.self_attn.v_proj.weight", 6, 4)
                .random("model.embed_tokens.weight", 9, 4);
        try (Checkpoint aligned = Checkpoint.open(model.writeTo(folder.resolve("tied")));
                Adapter opened = Adapter.open(adapter.writeTo(folder.resolve("adapter")))) {
            assertThat(UntrainedModules.changeTheModel(opened, aligned)).isTrue();
        }
    }

    private boolean areRandom(TinyAdapter adapter, String prefix) {
        TinyCheckpoint model = new TinyCheckpoint()
                .random(prefix + "layers.0.self_attn.q_proj.weight", 6, 4)
                .random(prefix + "layers.0.self_attn.v_proj.weight", 6, 4)
                .random(prefix + "layers.0.conv.weight", 4, 3, 2, 2)
                .random(prefix + "layers.0.mlp.experts.1.gate_proj.weight", 6, 4)
                .random(prefix + "layers.0.mlp.experts.down_proj", 2, 4, 6)
                .random(prefix + "embed_tokens.weight", 9, 4)
                .random("lm_head.weight", 9, 4);
        try (Checkpoint aligned = Checkpoint.open(model.writeTo(folder.resolve("model" + prefix)));
                Adapter opened = Adapter.open(adapter.writeTo(folder.resolve("adapter" + prefix)))) {
            return UntrainedModules.changeTheModel(opened, aligned);
        }
    }
}

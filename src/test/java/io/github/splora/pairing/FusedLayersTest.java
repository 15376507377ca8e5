package io.github.splora.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FusedLayersTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "layers.0.attn.q_proj, qkv_proj",
        "layers.0.attn.v_proj, qkv_proj",
        "layers.0.mlp.up_proj, gate_up_proj",
        "layers.1.attn.q_proj, ''",
        "layers.0.attn.o_proj, ''",
    })
    void namesTheFusedLayer(String module, String layer) {
        TinyCheckpoint model = new TinyCheckpoint()
                .random("layers.0.attn.qkv_proj.weight", 12, 4)
                .random("layers.0.mlp.gate_up_proj.weight", 8, 4);
        try (Checkpoint checkpoint = Checkpoint.open(model.writeTo(folder.resolve("model")))) {
            String advice = FusedLayers.advice(module, checkpoint);
            if (layer.isEmpty()) {
                assertThat(advice).isEmpty();
            } else {
                assertThat(advice).contains("a fused '" + layer + "' layer", "PEFT would not load");
            }
        }
    }
}

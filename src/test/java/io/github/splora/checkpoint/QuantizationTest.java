package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationTest {

    private static final String ADVICE = "quantized weights cannot be compared; use the 16-bit base and aligned"
            + " checkpoints (an adapter trained with QLoRA needs no change)";

    @TempDir
    Path folder;

    @Test
    void aQuantizedConfigIsRefusedWithAdvice() {
        new TinyCheckpoint()
                .random("a.weight", 2, 2)
                .config("{\"quantization_config\": {\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}}")
                .writeTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.openUnquantized(folder)))
                .containsExactly(folder + ": config.json quantization_config.quant_method \"bitsandbytes\": " + ADVICE);
    }

    @Test
    void aConfigThatNamesNoMethodIsRefusedToo() {
        new TinyCheckpoint()
                .random("a.weight", 2, 2)
                .config("{\"quantization_config\": {}}")
                .writeTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.openUnquantized(folder)))
                .singleElement()
                .asString()
                .endsWith(ADVICE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"quantization_config\": null}"})
    void aConfigWithoutQuantizationIsAccepted(String config) {
        new TinyCheckpoint().random("a.weight", 2, 2).config(config).writeTo(folder);
        assertOpens("a.weight");
    }

    @ParameterizedTest
    @CsvSource({
        "q_proj.weight.absmax, bitsandbytes",
        "q_proj.weight.quant_map, bitsandbytes",
        "q_proj.SCB, bitsandbytes",
        "q_proj.qweight, GPTQ or AWQ",
        "q_proj.qzeros, GPTQ or AWQ",
        "q_proj.weight_packed, compressed-tensors",
        "mlp.experts.gate_up_proj_blocks, MXFP4"
    })
    void aTensorOfAQuantizedCheckpointIsRefusedWithItsScheme(String name, String scheme) {
        new TinyCheckpoint()
                .random("q_proj.weight", 2, 2)
                .random("layers.0." + name, 1)
                .writeTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.openUnquantized(folder)))
                .containsExactly(folder + ": tensor 'layers.0." + name + "': " + scheme + ": " + ADVICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}",
                "{\"quant_method\": \"fbgemm_fp8\"}",
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"float-quantized\"}",
                "{\"quant_method\": \"modelopt\", \"quant_algo\": \"FP8\"}"
            })
    void eightBitFloatsStandForWeights(String quantization) {
        new TinyCheckpoint()
                .random("a.weight", 2, 2)
                .random("a.weight_scale", 1)
                .config("{\"quantization_config\": " + quantization + "}")
                .writeTo(folder);
        assertOpens("a.weight", "a.weight_scale");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"int-quantized\"}",
                "{\"quant_method\": \"compressed-tensors\"}",
                "{\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\"}"
            })
    void otherTypesOfTheSameMethodsAreRefused(String quantization) {
        new TinyCheckpoint()
                .random("a.weight", 2, 2)
                .config("{\"quantization_config\": " + quantization + "}")
                .writeTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.openUnquantized(folder)))
                .singleElement()
                .asString()
                .endsWith(ADVICE);
    }

    @Test
    void shardsAreJudgedByTheirIndexAlone() {
        new TinyCheckpoint().random("a.weight", 1).random("b.qweight", 1).writeShardedTo(folder);
        assertThat(Refusal.of(() -> Checkpoint.openUnquantized(folder)))
                .singleElement()
                .asString()
                .contains("'b.qweight'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"q_proj.weight", "norm.scale", "layer_scale.weight", "absmax"})
    void ordinaryNamesAreAccepted(String name) {
        new TinyCheckpoint().random(name, 1).writeTo(folder);
        assertOpens(name);
    }

    @Test
    void aCheckpointThatIsOnlyInspectedMayBeQuantized() {
        new TinyCheckpoint().random("layers.0.q_proj.qweight", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensorNames()).containsExactly("layers.0.q_proj.qweight");
        }
    }

    private void assertOpens(String... names) {
        try (Checkpoint checkpoint = Checkpoint.openUnquantized(folder)) {
            assertThat(checkpoint.tensorNames()).containsExactlyInAnyOrder(names);
        }
    }
}

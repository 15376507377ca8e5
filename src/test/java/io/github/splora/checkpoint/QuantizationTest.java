package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "q_proj.weight, q_proj.weight.absmax, bitsandbytes",
        "q_proj.weight, q_proj.weight.quant_map, bitsandbytes",
        "q_proj.weight, q_proj.SCB, bitsandbytes",
        "q_proj.qweight, q_proj.qzeros, GPTQ or AWQ",
        "q_proj.weight_packed, q_proj.weight_scale, compressed-tensors",
        "experts.gate_up_proj_blocks, experts.gate_up_proj_scales, MXFP4"
    })
    void aWeightIsQuantizedIfItsNameOrItsNeighborsSaySo(String name, String neighbor, String scheme) {
        new TinyCheckpoint()
                .random("layers.0." + name, 1)
                .random("layers.0." + neighbor, 1)
                .random("layers.1." + name.replaceFirst("\\..*", ".weight"), 1)
                .config("{\"quantization_config\": {\"quant_method\": \"any\"}}")
                .writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.openModel(folder)) {
            assertThat(Quantization.of(checkpoint, "layers.0." + name).orElseThrow())
                    .startsWith(scheme);
            assertThat(Quantization.of(checkpoint, "layers.1." + name.replaceFirst("\\..*", ".weight")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"q_proj.weight", "norm.scale", "layer_scale.weight", "absmax", "num_blocks"})
    void ordinaryNamesAreNotQuantized(String name) {
        new TinyCheckpoint().random(name, 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.openModel(folder)) {
            assertThat(Quantization.of(checkpoint, name)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}",
                "{\"quant_method\": \"fbgemm_fp8\"}",
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"float-quantized\"}",
                "{\"quant_method\": \"modelopt\", \"quant_algo\": \"FP8\"}",
                "null"
            })
    void eightBitFloatsStandForWeights(String quantization) {
        write(quantization);
        try (Checkpoint checkpoint = Checkpoint.openModel(folder)) {
            assertThat(checkpoint.scalesOf(checkpoint.tensor("a.weight")).tensor())
                    .isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"int-quantized\"}",
                "{\"quant_method\": \"compressed-tensors\"}",
                "{\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\"}",
                "{}"
            })
    void eightBitFloatsOfOtherSchemesAreRefused(String quantization) {
        write(quantization);
        try (Checkpoint checkpoint = Checkpoint.openModel(folder)) {
            assertThat(Refusal.of(() -> checkpoint.scalesOf(checkpoint.tensor("a.weight"))))
                    .singleElement()
                    .asString()
                    .contains("tensor 'a.weight' dtype F8_E4M3", "quantization_config")
                    .endsWith(Quantization.ADVICE);
        }
    }

    @Test
    void aCheckpointThatIsOnlyInspectedMayBeQuantized() {
        new TinyCheckpoint().random("layers.0.q_proj.qweight", 1).writeTo(folder);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensorNames()).containsExactly("layers.0.q_proj.qweight");
        }
    }

    private void write(String quantization) {
        new TinyCheckpoint()
                .zeros("a.weight", DType.F8_E4M3, 2, 2)
                .random("a.weight_scale", 1)
                .config("{\"quantization_config\": " + quantization + "}")
                .writeTo(folder);
    }
}

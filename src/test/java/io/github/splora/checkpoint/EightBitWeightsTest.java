package io.github.splora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.storage.DType;
import io.github.splora.storage.Scales;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyCheckpoint;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Finds the scales that belong to an 8-bit weight. */
class EightBitWeightsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16", "F32", "F64"})
    void aWeightInMoreBitsNeedsNone(DType dtype) {
        assertThat(scales(new TinyCheckpoint().zeros("a.weight", dtype, 4, 6))).isEqualTo(Scales.NONE);
    }

    @Test
    void oneScaleAppliesToTheWholeWeight() {
        assertThat(scales(eightBit(4, 6).random("a.weight_scale", 1))).satisfies(s -> hasBlocks(s, 4, 6));
        assertThat(scales(eightBit(4, 6).random("a.weight_scale_inv"))).satisfies(s -> hasBlocks(s, 4, 6));
    }

    @Test
    void oneScalePerRowAppliesToItsRow() {
        assertThat(scales(eightBit(4, 6).random("a.weight_scale", 4))).satisfies(s -> hasBlocks(s, 1, 6));
        assertThat(scales(eightBit(4, 6).random("a.weight_scale", 4, 1))).satisfies(s -> hasBlocks(s, 1, 6));
    }

    @Test
    void blocksAreAsLargeAsTheConfigSays() {
        assertThat(
                        scales(
                                eightBit(5, 6)
                                        .random("a.weight_scale_inv", 3, 2)
                                        .config(
                                                "{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [2, 3]}}")))
                .satisfies(s -> hasBlocks(s, 2, 3));
        assertThat(
                        scales(
                                eightBit(5, 6)
                                        .random("a.weight_scale", 3, 2)
                                        .config(
                                                "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"format\": \"float-quantized\","
                                                        + " \"config_groups\": {\"group_0\": {\"weights\": {\"block_structure\": [2, 3]}}}}}")))
                .satisfies(s -> hasBlocks(s, 2, 3));
    }

    @Test
    void blocksHaveTheUsualSizeByDefault() {
        assertThat(scales(eightBit(130, 256).random("a.weight_scale_inv", 2, 2)))
                .satisfies(s -> hasBlocks(s, 128, 128));
    }

    @Test
    void aWeightWithoutScalesIsRefused() {
        assertThat(Refusal.of(() -> scales(eightBit(4, 6))))
                .containsExactly(folder.resolve("model.safetensors")
                        + ": tensor 'a.weight' dtype F8_E4M3: 8-bit weights need scales, but this checkpoint"
                        + " has neither 'a.weight_scale' nor '_scale_inv'; use a 16-bit checkpoint");
    }

    @Test
    void scalesThatDoNotFitAreRefused() {
        assertThat(Refusal.of(() -> scales(eightBit(4, 6).random("a.weight_scale", 3))))
                .containsExactly(folder.resolve("model.safetensors")
                        + ": tensor 'a.weight_scale' F32 [3]: these scales do not fit the weight"
                        + " [4, 6]: expected one scale in total, one per row, or one per block of [128,"
                        + " 128]; use a 16-bit checkpoint");
    }

    private static TinyCheckpoint eightBit(long rows, long columns) {
        return new TinyCheckpoint().zeros("a.weight", DType.F8_E4M3, rows, columns);
    }

    private Scales scales(TinyCheckpoint checkpoint) {
        try (Checkpoint open = Checkpoint.open(checkpoint.writeTo(folder))) {
            return open.scalesOf(open.tensor("a.weight"));
        }
    }

    private static void hasBlocks(Scales scales, long rows, long columns) {
        assertThat(scales.tensor()).isPresent();
        assertThat(scales.blockRows()).isEqualTo(rows);
        assertThat(scales.blockColumns()).isEqualTo(columns);
    }
}

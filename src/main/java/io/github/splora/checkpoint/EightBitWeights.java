package io.github.splora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Weights stored as 8-bit floats with scales in a separate tensor, {@code W = stored · scale}: DeepSeek's blocks
 * ({@code weight_scale_inv}, which is a multiplier despite its name), and one scale per row or per weight
 * ({@code weight_scale}, compressed-tensors, FBGEMM, ModelOpt).
 *
 * @see <a href="https://huggingface.co/docs/transformers/quantization/finegrained_fp8">Fine-grained FP8</a>
 */
final class EightBitWeights {

    private static final List<String> SCALE_ENDINGS = List.of("_scale_inv", "_scale");

    /** The block size assumed unless the config gives another. */
    private static final long USUAL_BLOCK = 128;

    private EightBitWeights() {}

    /**
     * Returns the scales of a weight.
     *
     * @return {@link Scales#NONE} for a weight that is not stored in 8 bits
     * @throws BadInputException if an 8-bit weight has no scales, or scales that do not fit it
     */
    static Scales scales(Checkpoint checkpoint, StoredTensor weight) {
        if (!DType.SCALED_WEIGHTS.contains(weight.dtype())) {
            return Scales.NONE;
        }
        if (!Quantization.allowsEightBitFloats(checkpoint)) {
            throw new BadInputException(
                    weight.file().path(),
                    TensorInfo.label(weight.name()) + " dtype",
                    weight.dtype(),
                    "config.json names a quantization_config under which this is not a plain 8-bit float; "
                            + Quantization.ADVICE);
        }
        StoredTensor scale = SCALE_ENDINGS.stream()
                .map(ending -> weight.name() + ending)
                .filter(checkpoint::contains)
                .findFirst()
                .map(checkpoint::tensor)
                .orElseThrow(() -> new BadInputException(
                        weight.file().path(),
                        TensorInfo.label(weight.name()) + " dtype",
                        weight.dtype(),
                        "8-bit weights need scales, but this checkpoint has neither" + " '" + weight.name()
                                + "_scale' nor '_scale_inv'; use a 16-bit checkpoint"));
        return fitting(checkpoint, weight, scale);
    }

    private static Scales fitting(Checkpoint checkpoint, StoredTensor weight, StoredTensor scale) {
        long rows = weight.shape().get(0);
        long columns = weight.info().elementCount() / Math.max(1, rows);
        List<Long> shape = scale.shape();
        if (DType.WEIGHTS.contains(scale.dtype())) {
            if (scale.info().elementCount() == 1) {
                return new Scales(Optional.of(scale), rows, columns);
            }
            if (shape.equals(List.of(rows)) || shape.equals(List.of(rows, 1L))) {
                return new Scales(Optional.of(scale), 1, columns);
            }
            List<Long> block = block(checkpoint);
            if (shape.equals(List.of(ceilDiv(rows, block.get(0)), ceilDiv(columns, block.get(1))))) {
                return new Scales(Optional.of(scale), block.get(0), block.get(1));
            }
        }
        throw new BadInputException(
                scale.file().path(),
                TensorInfo.label(scale.name()),
                scale.dtype() + " " + shape,
                "these scales do not fit the weight " + weight.shape()
                        + ": expected one scale in total, one per row, or one per block of " + block(checkpoint)
                        + "; use a 16-bit checkpoint");
    }

    /** Returns the block size from the config, or the usual one. */
    private static List<Long> block(Checkpoint checkpoint) {
        return checkpoint.config().stream()
                .map(config -> config.path("quantization_config"))
                .flatMap(config -> Stream.concat(
                        Stream.of(config.path("weight_block_size")), config.findValues("block_structure").stream()))
                .filter(EightBitWeights::isPairOfSizes)
                .map(size -> List.of(size.get(0).longValue(), size.get(1).longValue()))
                .findFirst()
                .orElse(List.of(USUAL_BLOCK, USUAL_BLOCK));
    }

    private static boolean isPairOfSizes(JsonNode size) {
        return size.isArray()
                && size.size() == 2
                && size.get(0).longValue() > 0
                && size.get(1).longValue() > 0;
    }

    private static long ceilDiv(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}

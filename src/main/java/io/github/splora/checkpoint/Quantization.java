package io.github.splora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.error.BadInputException;
import java.util.Map;
import java.util.Set;

/**
 * Detects quantized checkpoints, whose stored values are codes rather than weights. 8-bit floats are not rejected here:
 * {@link EightBitWeights} can convert them.
 */
final class Quantization {

    /** Tensor name suffixes found only in quantized checkpoints, with the scheme that writes them. */
    private static final Map<String, String> MARKS = Map.of(
            ".weight.absmax", "bitsandbytes",
            ".weight.quant_map", "bitsandbytes",
            ".SCB", "bitsandbytes",
            ".qweight", "GPTQ or AWQ",
            ".qzeros", "GPTQ or AWQ",
            ".weight_packed", "compressed-tensors",
            "_blocks", "MXFP4");

    private static final Set<String> EIGHT_BIT_FLOAT_METHODS = Set.of("fp8", "fbgemm_fp8");

    private static final String ADVICE =
            "quantized weights cannot be compared; use the 16-bit base and aligned checkpoints"
                    + " (an adapter trained with QLoRA needs no change)";

    private Quantization() {}

    /** @throws BadInputException if {@code checkpoint}'s config or tensor names show that it is quantized */
    static void refuse(Checkpoint checkpoint) {
        checkpoint
                .config()
                .map(config -> config.get("quantization_config"))
                .filter(JsonNode::isObject)
                .ifPresent(q -> {
                    if (!isEightBitFloat(q)) {
                        throw new BadInputException(
                                checkpoint.location(),
                                "config.json quantization_config.quant_method",
                                q.hasNonNull("quant_method") ? q.get("quant_method") : "(absent)",
                                ADVICE);
                    }
                });
        for (String name : checkpoint.tensorNames()) {
            MARKS.forEach((ending, scheme) -> {
                if (name.endsWith(ending)) {
                    throw new BadInputException(
                            checkpoint.location(), "tensor '" + name + "'", null, scheme + ": " + ADVICE);
                }
            });
        }
    }

    private static boolean isEightBitFloat(JsonNode quantization) {
        String method = quantization.path("quant_method").asText();
        return EIGHT_BIT_FLOAT_METHODS.contains(method)
                || (method.equals("compressed-tensors")
                        && quantization.path("format").asText().equals("float-quantized"))
                || (method.equals("modelopt")
                        && quantization.findValuesAsText("quant_algo").contains("FP8"));
    }
}

package io.github.splora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Detects weights that are stored as codes, by the names of the tensors that hold them or lie beside them. Each weight is
 * judged by itself: a config may still name a quantization that a merge has undone, and a model may have quantized experts and
 * 16-bit attention. 8-bit floats are not codes: {@link EightBitWeights} converts them.
 */
public final class Quantization {

    /** What to do about a quantized weight. */
    public static final String ADVICE =
            "quantized weights cannot be compared; use the 16-bit base and aligned checkpoints"
                    + " (an adapter trained with QLoRA needs no change)";

    private static final String MXFP4 =
            "MXFP4 (to convert it, load the model with Mxfp4Config(dequantize=True) and save it)";

    /** What follows a module's name in the name of its codes, with the scheme that writes them. */
    private static final Map<String, String> CODES = new LinkedHashMap<>();

    /** What follows a module's name in the names of tensors beside a weight that is quantized. */
    private static final Map<String, String> BESIDE = Map.of(
            ".weight.absmax", "bitsandbytes",
            ".weight.quant_map", "bitsandbytes",
            ".SCB", "bitsandbytes");

    private static final String BLOCKS = "_blocks";
    private static final String WEIGHT = ".weight";
    private static final Set<String> EIGHT_BIT_FLOAT_METHODS = Set.of("fp8", "fbgemm_fp8");

    static {
        CODES.put(".qweight", "GPTQ or AWQ");
        CODES.put(".weight_packed", "compressed-tensors");
        CODES.put(BLOCKS, MXFP4);
    }

    private Quantization() {}

    /** Returns the names that a module's codes can have instead of {@code <module>.weight}. */
    public static List<String> codesOf(String module) {
        return CODES.keySet().stream().map(ending -> module + ending).toList();
    }

    /** Returns the module that a tensor with codes belongs to, by its name; empty for any other name. */
    public static Optional<String> moduleOfCodes(String tensorName) {
        return CODES.keySet().stream()
                .filter(tensorName::endsWith)
                .findFirst()
                .map(ending -> tensorName.substring(0, tensorName.length() - ending.length()));
    }

    /** Returns the scheme by which a checkpoint's tensor is quantized; empty if it is not. */
    public static Optional<String> of(Checkpoint checkpoint, String tensorName) {
        Stream<String> byOwnName = CODES.entrySet().stream()
                .filter(code -> tensorName.endsWith(code.getKey()))
                .filter(code -> !code.getKey().equals(BLOCKS)
                        || checkpoint.contains(tensorName.replaceFirst(BLOCKS + "$", "_scales")))
                .map(Map.Entry::getValue);
        String module = tensorName.endsWith(WEIGHT)
                ? tensorName.substring(0, tensorName.length() - WEIGHT.length())
                : tensorName;
        Stream<String> byNeighbors = BESIDE.entrySet().stream()
                .filter(mark -> checkpoint.contains(module + mark.getKey()))
                .map(Map.Entry::getValue);
        return Stream.concat(byOwnName, byNeighbors).findFirst();
    }

    /** Whether a checkpoint's config allows 8-bit floats to be weights: it names a scheme of such, or none. */
    static boolean allowsEightBitFloats(Checkpoint checkpoint) {
        return checkpoint
                .config()
                .map(config -> config.path("quantization_config"))
                .filter(JsonNode::isObject)
                .map(Quantization::isEightBitFloat)
                .orElse(true);
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

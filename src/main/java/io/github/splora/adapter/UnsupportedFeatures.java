package io.github.splora.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * PEFT config features under which a module's delta is not {@code s·BA} of one linear layer. Scoring such a delta would
 * produce a wrong number, so each feature is rejected by name.
 */
final class UnsupportedFeatures {

    private record Feature(String field, Predicate<JsonNode> isUsed, String explanation) {}

    private static final String CONVERT =
            "save it as plain LoRA with PEFT's save_pretrained(...," + " path_initial_model_for_weight_conversion=...)";

    private static final String MERGE = "merge it into its model and pass the merged checkpoint with --adapted";

    private static final List<Feature> FEATURES = List.of(
            new Feature(
                    "enable_lora",
                    UnsupportedFeatures::isPresent,
                    "MergedLinear of PEFT 0.2 packs several deltas into one module; retrain or convert it with a"
                            + " current PEFT"),
            new Feature(
                    "init_lora_weights",
                    value -> value.asText().startsWith("pissa_niter_"),
                    "PEFT subtracts a random approximation from the base weights each time it loads this"
                            + " adapter, so its effect always differs; " + CONVERT),
            new Feature(
                    "init_lora_weights",
                    value -> value.asText().equals("corda"),
                    "what CorDA subtracts from the base weights depends on its training data, and PEFT cannot"
                            + " load this adapter as it is; " + CONVERT),
            new Feature(
                    "init_lora_weights",
                    value -> value.asText().equals("loftq"),
                    "LoftQ replaces the base weights with quantized ones whenever this adapter is loaded; save"
                            + " it with init_lora_weights true for the model that it was trained on"),
            new Feature(
                    "use_qalora",
                    JsonNode::booleanValue,
                    "QALoRA pools the input before A, so its delta is not BA; " + MERGE),
            new Feature(
                    "use_bdlora",
                    UnsupportedFeatures::isConfigured,
                    "block-diagonal LoRA stores only the blocks of A or B; " + MERGE),
            new Feature(
                    "kasa_config",
                    UnsupportedFeatures::isConfigured,
                    "KaSA changes the base weights and adds its own singular values; " + MERGE),
            new Feature(
                    "monteclora_config",
                    UnsupportedFeatures::isConfigured,
                    "Monteclora samples around A and B, so its delta is not BA; " + MERGE),
            new Feature(
                    "arrow_config",
                    UnsupportedFeatures::isConfigured,
                    "Arrow routes between several adapters; score each of them separately"),
            new Feature(
                    "layer_replication",
                    UnsupportedFeatures::isPresent,
                    "replicated layers have no separate tensors in the checkpoints; train on a checkpoint that"
                            + " stores every layer, and pass base and aligned in the same form"),
            new Feature(
                    "alora_invocation_tokens",
                    UnsupportedFeatures::isPresent,
                    "an activated LoRA takes effect only after its invocation tokens, so there is no single"
                            + " model to score; train a plain LoRA"),
            new Feature(
                    "megatron_config",
                    UnsupportedFeatures::isPresent,
                    "Megatron's parallel layers split their factors; save the adapter in Hugging Face's layout"));

    private UnsupportedFeatures() {}

    /** @throws BadInputException naming every unsupported feature that {@code json} uses */
    static void refuse(Path file, ObjectNode json) {
        refuseMlx(file, json);
        JsonNode type = json.path("peft_type");
        if (!type.isTextual() || !type.textValue().equals("LORA")) {
            throw new BadInputException(
                    file,
                    "peft_type",
                    type.isMissingNode() ? "(absent)" : type,
                    "only adapters of type LORA can be scored and pruned; merge an adapter of another type that"
                            + " changes weights into its model, and pass the merged checkpoint with --adapted");
        }
        List<Problem> problems = new ArrayList<>();
        for (Feature feature : FEATURES) {
            JsonNode value = json.path(feature.field());
            if (feature.isUsed().test(value)) {
                problems.add(new Problem(file.toString(), feature.field(), value.toString(), feature.explanation()));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /** Refuses a config of mlx-lm, whose format has the same file name. */
    private static void refuseMlx(Path file, ObjectNode json) {
        boolean isMlx = json.path("peft_type").isMissingNode()
                && (json.has("lora_parameters") || (json.has("fine_tune_type") && json.has("num_layers")));
        if (isMlx) {
            throw new BadInputException(
                    file,
                    json.has("fine_tune_type") ? "fine_tune_type" : "lora_parameters",
                    json.has("fine_tune_type") ? json.get("fine_tune_type") : json.get("lora_parameters"),
                    "this is an adapter in MLX's format (mlx-lm), not in PEFT's; convert it (lora_A = lora_a transposed,"
                            + " lora_B = lora_b transposed, lora_alpha = scale * rank), or fuse it into its model with"
                            + " mlx_lm.fuse and pass that checkpoint with --adapted");
        }
    }

    /** Whether the value is not missing, null or false. PEFT switches on what has an empty object, with default values. */
    private static boolean isConfigured(JsonNode value) {
        return value.isContainerNode() || isPresent(value);
    }

    /** Whether the value is not missing, null, false or empty. */
    private static boolean isPresent(JsonNode value) {
        return value.isContainerNode()
                ? !value.isEmpty()
                : value.isTextual() || value.isNumber() || value.booleanValue();
    }
}

package io.github.splora.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How vLLM spells the names of a multimodal model's modules. It renames the tensors of checkpoints and the keys of adapters
 * alike, by the prefixes that the class of the model lists ({@code hf_to_vllm_mapper}); docs/clients.md says for which
 * versions this was read.
 *
 * @param renames prefixes in the order in which they are replaced, each at most once
 */
record VllmNames(List<Rename> renames) {

    /**
     * A prefix and its replacement.
     *
     * @param from the prefix, with its final dot
     * @param to the replacement
     */
    record Rename(String from, String to) {}

    private static final String TEXT = "language_model.model.";

    /** Adapters of the text model alone keep their names, {@code model.layers}, which no module has. */
    private static final VllmNames WITHOUT_TEXT = new VllmNames(List.of(
            new Rename("model.language_model.", TEXT),
            new Rename("model.vision_tower.", "vision_tower."),
            new Rename("model.visual.", "visual."),
            new Rename("model.multi_modal_projector.", "multi_modal_projector."),
            new Rename("lm_head.", "language_model.lm_head.")));

    /** Adapters of the text model alone hit its modules. */
    private static final VllmNames WITH_TEXT = new VllmNames(List.of(
            new Rename("model.language_model.", TEXT),
            new Rename("model.vision_tower.", "vision_tower."),
            new Rename("model.visual.", "visual."),
            new Rename("model.multi_modal_projector.", "multi_modal_projector."),
            new Rename("lm_head.", "language_model.lm_head."),
            new Rename("model.", TEXT)));

    private static final VllmNames THINKER = new VllmNames(List.of(
            new Rename("thinker.lm_head.", "language_model.lm_head."),
            new Rename("thinker.model.", TEXT),
            new Rename("thinker.", "")));

    private static final Map<VllmNames, Set<String>> ARCHITECTURES = Map.of(
            WITHOUT_TEXT,
            Set.of(
                    "Gemma3ForConditionalGeneration",
                    "Glm4vForConditionalGeneration",
                    "Glm4vMoeForConditionalGeneration",
                    "GlmOcrForConditionalGeneration",
                    "InternS1ForConditionalGeneration",
                    "InternVLForConditionalGeneration",
                    "Lfm2VlForConditionalGeneration",
                    "LlavaForConditionalGeneration",
                    "LlavaNextForConditionalGeneration",
                    "LlavaNextVideoForConditionalGeneration",
                    "PaliGemmaForConditionalGeneration",
                    "Qwen3VLForConditionalGeneration",
                    "Qwen3VLMoeForConditionalGeneration",
                    "Qwen3_5ForConditionalGeneration",
                    "Qwen3_5MoeForConditionalGeneration"),
            WITH_TEXT,
            Set.of(
                    "Mistral3ForConditionalGeneration",
                    "Qwen2VLForConditionalGeneration",
                    "Qwen2_5_VLForConditionalGeneration"),
            THINKER,
            Set.of("Qwen2_5OmniForConditionalGeneration", "Qwen2_5OmniModel"));

    private static final Map<String, VllmNames> BY_ARCHITECTURE = byArchitecture();

    private static Map<String, VllmNames> byArchitecture() {
        Map<String, VllmNames> all = new HashMap<>();
        ARCHITECTURES.forEach((names, architectures) -> architectures.forEach(each -> all.put(each, names)));
        return Map.copyOf(all);
    }

    /** Returns the names for the class that a model's config states; empty if it is not known for certain. */
    static Optional<VllmNames> of(String architecture) {
        return Optional.ofNullable(BY_ARCHITECTURE.get(architecture));
    }

    /** Returns vLLM's name for a module that a checkpoint or an adapter calls {@code name}. */
    String inVllm(String name) {
        String renamed = name + ".";
        for (Rename rename : renames) {
            if (renamed.startsWith(rename.from())) {
                renamed = rename.to() + renamed.substring(rename.from().length());
            }
        }
        return renamed.substring(0, renamed.length() - 1);
    }
}

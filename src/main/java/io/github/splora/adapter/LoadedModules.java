package io.github.splora.adapter;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which of an adapter's modules PEFT loads: those that the config selects, if their keys begin as PEFT writes them. It ignores the
 * tensors of all others.
 */
public final class LoadedModules {

    /** Names of layers that are embeddings in every model of transformers 5.18. */
    private static final Set<String> EMBEDDINGS = Set.of(
            "embed_tokens",
            "embed_in",
            "embed_positions",
            "wte",
            "wpe",
            "word_embeddings",
            "position_embeddings",
            "token_type_embeddings",
            "shared",
            "tok_embeddings");

    private static final Pattern MAYBE_EMBEDDING =
            Pattern.compile(".*emb.*|wte|wpe|shared", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private LoadedModules() {}

    /** Returns the names of the modules that PEFT ignores. */
    public static Set<String> ignored(AdapterConfig config, List<LoraModule> modules) {
        TargetMatcher targets = config.targets();
        Set<String> ignored = new HashSet<>();
        for (LoraModule module : modules) {
            if (!isSelected(module, config, targets, modules) || !PeftKeys.isFound(module) || !isOfItsLayer(module)) {
                ignored.add(module.name());
            }
        }
        return ignored;
    }

    /**
     * Whether the factors have the names that PEFT gives those of such a layer: an embedding's have names of their own, and PEFT
     * ignores others.
     */
    public static boolean isOfItsLayer(LoraModule module) {
        String layer = module.name().substring(module.name().lastIndexOf('.') + 1);
        return module.kind() instanceof EmbeddingKind
                ? MAYBE_EMBEDDING.matcher(layer).matches()
                : module.kind().onParameter() || !EMBEDDINGS.contains(layer);
    }

    /** Whether the config selects a module. */
    public static boolean isSelected(
            LoraModule module, AdapterConfig config, TargetMatcher targets, List<LoraModule> modules) {
        return targets.targets(module) || isTiedToATarget(module, config, targets, modules);
    }

    /** With {@code ensure_weight_tying} PEFT targets an embedding along with its head, and vice versa. */
    private static boolean isTiedToATarget(
            LoraModule module, AdapterConfig config, TargetMatcher targets, List<LoraModule> modules) {
        return config.tiesWeights()
                && module.hasVocabulary()
                && modules.stream().anyMatch(other -> other.hasVocabulary() && targets.targets(other));
    }
}

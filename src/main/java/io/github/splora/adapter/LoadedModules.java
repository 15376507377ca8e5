package io.github.splora.adapter;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of an adapter's modules PEFT loads: those that the config selects, if their keys begin as PEFT writes them. It ignores the
 * tensors of all others.
 */
public final class LoadedModules {

    private LoadedModules() {}

    /** Returns the names of the modules that PEFT ignores. */
    public static Set<String> ignored(AdapterConfig config, List<LoraModule> modules) {
        TargetMatcher targets = config.targets();
        Set<String> ignored = new HashSet<>();
        for (LoraModule module : modules) {
            if (!isSelected(module, config, targets, modules) || !PeftKeys.isFound(module)) {
                ignored.add(module.name());
            }
        }
        return ignored;
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

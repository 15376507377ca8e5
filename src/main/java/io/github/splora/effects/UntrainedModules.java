package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.pairing.ModulePairing;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Layers that an adapter's config selects but for which it has no factors. PEFT creates these factors as {@code init_lora_weights}
 * says. Most initializations multiply to zero, but some do not: without one ({@code false}, null or empty), A and B are random;
 * {@code orthogonal} draws them so that they cancel up to rounding; {@code pissa} and {@code olora} take them from the weight, up
 * to its rounding.
 */
final class UntrainedModules {

    private static final Set<String> NOT_EXACTLY_ZERO = Set.of("", "orthogonal", "pissa", "olora");

    private static final List<String> HEADS =
            List.of("lm_head", "embed_out", "model.lm_head", "language_model.lm_head", "model.language_model.lm_head");

    private UntrainedModules() {}

    /** Whether loading the adapter changes layers, or their biases, for which it has no tensors. */
    static boolean changeTheModel(Adapter adapter, Checkpoint aligned) {
        JsonNode initialization = adapter.config().toJson().path("init_lora_weights");
        TargetMatcher targets = adapter.config().targets();
        return !isZero(initialization)
                && (adapter.config().loraBias()
                        || hasTiedHead(adapter, targets, aligned)
                        || ModulePairing.allUnpairedLayers(adapter.modules(), aligned).stream()
                                .flatMap(ModulePairing::namesInModel)
                                .anyMatch(layer -> targets.targetsParameter(layer + ".weight"))
                        || ModulePairing.allUnpairedLayers(adapter.modules(), aligned).stream()
                                .filter(layer -> targets.namesItsTargets() || isAmongAllLinear(layer, aligned))
                                .flatMap(ModulePairing::namesInModel)
                                .anyMatch(targets::targets)
                        || ModulePairing.unpairedParameters(adapter.modules(), aligned).stream()
                                .flatMap(ModulePairing::namesInModel)
                                .anyMatch(targets::targetsParameter));
    }

    /** Whether the config selects a head that has no weight of its own, or its weight as a parameter, but no factors. */
    private static boolean hasTiedHead(Adapter adapter, TargetMatcher targets, Checkpoint aligned) {
        return adapter.modules().stream().noneMatch(LoraModule::isHead)
                && HEADS.stream().noneMatch(head -> aligned.contains(head + ".weight"))
                && HEADS.stream()
                        .anyMatch(head -> (targets.namesItsTargets() && targets.targets(head))
                                || targets.targetsParameter(head + ".weight"));
    }

    private static boolean isAmongAllLinear(String layer, Checkpoint aligned) {
        return aligned.tensor(layer + ".weight").shape().size() == 2 && !MergedPairing.isVocabulary(layer);
    }

    /** Whether new factors multiply to zero exactly. */
    private static boolean isZero(JsonNode initialization) {
        return !initialization.isNull()
                && initialization.asBoolean(true)
                && !(initialization.isTextual()
                        && NOT_EXACTLY_ZERO.contains(initialization.textValue().toLowerCase(Locale.ROOT)));
    }
}

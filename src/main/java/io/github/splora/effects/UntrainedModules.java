package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.pairing.ModulePairing;
import java.util.stream.Stream;

/**
 * Modules that an adapter's config selects but for which it has no factors. PEFT builds them with a B of zeros, so they add
 * nothing, unless {@code init_lora_weights} is false, null or empty: then A and B are random.
 */
final class UntrainedModules {

    private static final String MODEL = "model.";

    private UntrainedModules() {}

    /** Whether loading the adapter adds random deltas to layers, or random biases, for which it has no tensors. */
    static boolean areRandomIn(Adapter adapter, Checkpoint aligned) {
        if (!isRandom(adapter.config().toJson().path("init_lora_weights"))) {
            return false;
        }
        TargetMatcher targets = adapter.config().targets();
        return adapter.config().loraBias()
                || ModulePairing.unpairedLayers(adapter.modules(), aligned).stream()
                        .filter(layer -> targets.namesItsTargets() || !MergedPairing.isVocabulary(layer))
                        .flatMap(UntrainedModules::aliases)
                        .anyMatch(targets::targets);
    }

    private static boolean isRandom(JsonNode initialization) {
        return initialization.isNull()
                || (initialization.isBoolean() && !initialization.booleanValue())
                || (initialization.isTextual() && initialization.textValue().isEmpty());
    }

    /** Returns the names that the model may have for a layer: checkpoints may lack the prefix, or have it besides. */
    private static Stream<String> aliases(String layer) {
        return Stream.of(layer, layer.startsWith(MODEL) ? layer.substring(MODEL.length()) : MODEL + layer);
    }
}

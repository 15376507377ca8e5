package io.github.splora.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ModulePairing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model on which an adapter is to be loaded.
 *
 * @param location the model's checkpoint
 * @param bare names of its linear layers for which the adapter has no tensors
 * @param bareParameters names of its parameters, chiefly stacks of experts, for which the adapter has no tensors
 * @param weights names of the adapter's modules → names of the tensors that are their weights; only where there is one
 * @param architecture the class that its config states, if it states one
 */
public record ModelLayers(
        Path location,
        List<String> bare,
        List<String> bareParameters,
        Map<String, String> weights,
        Optional<String> architecture) {

    /** Returns the layers of a checkpoint relative to an adapter with those modules. */
    public static ModelLayers of(Checkpoint aligned, List<LoraModule> modules) {
        return new ModelLayers(
                aligned.location(),
                ModulePairing.unpairedLayers(modules, aligned),
                ModulePairing.unpairedParameters(modules, aligned),
                ModulePairing.namesOfWeights(modules, aligned),
                aligned.config()
                        .map(config -> config.path("architectures").path(0))
                        .filter(JsonNode::isTextual)
                        .map(JsonNode::textValue));
    }
}

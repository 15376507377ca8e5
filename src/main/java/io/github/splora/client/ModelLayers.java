package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ModulePairing;
import java.nio.file.Path;
import java.util.List;

/**
 * A model on which an adapter is to be loaded.
 *
 * @param location the model's checkpoint
 * @param bare names of its linear layers for which the adapter has no tensors
 * @param bareParameters names of its parameters, chiefly stacks of experts, for which the adapter has no tensors
 */
public record ModelLayers(Path location, List<String> bare, List<String> bareParameters) {

    /** Returns the layers of a checkpoint relative to an adapter with those modules. */
    public static ModelLayers of(Checkpoint aligned, List<LoraModule> modules) {
        return new ModelLayers(
                aligned.location(),
                ModulePairing.unpairedLayers(modules, aligned),
                ModulePairing.unpairedParameters(modules, aligned));
    }
}

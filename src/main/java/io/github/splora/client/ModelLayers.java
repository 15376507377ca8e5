package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ModulePairing;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that an adapter is to be loaded on.
 *
 * @param location its checkpoint
 * @param bare names of its linear layers that the adapter has no tensors for
 * @param bareParameters the same for parameters, stacks of experts above all
 */
public record ModelLayers(Path location, List<String> bare, List<String> bareParameters) {

    /** Beside an adapter of those modules. */
    public static ModelLayers of(Checkpoint aligned, List<LoraModule> modules) {
        return new ModelLayers(
                aligned.location(),
                ModulePairing.unpairedLayers(modules, aligned),
                ModulePairing.unpairedParameters(modules, aligned));
    }
}

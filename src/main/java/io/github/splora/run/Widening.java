package io.github.splora.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.client.ClientKind;
import io.github.splora.pairing.BareLayers;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.select.ModuleFilter;
import io.github.splora.surgery.Rewrite;
import io.github.splora.surgery.TargetExtension;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Linear layers that an adapter leaves alone and that are to become modules of it.
 *
 * @param adapter the adapter
 * @param layers modules of rank 0, in the blocks in which the adapter has modules
 * @param others names of the model's other layers without a module
 */
record Widening(Adapter adapter, List<LoraModule> layers, List<String> others) {

    /** Returns a widening by nothing. */
    static Widening none(Adapter adapter) {
        return new Widening(adapter, List.of(), List.of());
    }

    /** Returns a widening by all layers that the options' patterns leave. */
    static Widening of(Adapter adapter, Checkpoint aligned, ScoreOptions options) {
        ModuleFilter filter = new ModuleFilter(options.include(), options.exclude());
        List<LoraModule> layers = BareLayers.of(
                        adapter, aligned, adapter.modules().get(0).scaling())
                .stream()
                .filter(layer -> filter.test(layer.name()))
                .toList();
        return new Widening(
                adapter,
                layers,
                ModulePairing.unpairedLayers(adapter.with(layers).modules(), aligned));
    }

    /** Returns the widening by the layers in the blocks of these modules. */
    Widening around(Set<String> modules) {
        Set<Optional<Block>> blocks = modules.stream().map(Block::of).collect(Collectors.toSet());
        return by(layers.stream()
                .filter(layer -> blocks.contains(layer.block()))
                .map(LoraModule::name)
                .collect(Collectors.toSet()));
    }

    /**
     * Returns the widening by the layers in which there is something to restore; by all for a client that needs modules
     * together, the others with zeros. By none if there is nothing to restore.
     */
    Widening restoredIn(Set<String> names, ClientKind client) {
        return client.client().demands().takesModulesTogether() && !names.isEmpty() ? this : by(names);
    }

    private Widening by(Set<String> names) {
        List<LoraModule> kept =
                layers.stream().filter(layer -> names.contains(layer.name())).toList();
        List<String> dropped = layers.stream()
                .map(LoraModule::name)
                .filter(name -> !names.contains(name))
                .toList();
        return new Widening(
                adapter, kept, Stream.concat(others.stream(), dropped.stream()).toList());
    }

    /** Returns the adapter with the layers as modules. */
    Adapter widened() {
        return layers.isEmpty() ? adapter : adapter.with(layers);
    }

    /** Returns these names with those of the layers. */
    Set<String> with(Set<String> selected) {
        Set<String> all = new HashSet<>(selected);
        layers.forEach(layer -> all.add(layer.name()));
        return all;
    }

    /** Returns the layers with their weights. */
    List<PairedModule> pairs(Checkpoint base, Checkpoint aligned) {
        Set<String> names = with(Set.of());
        // All together, since the others show how square weights are stored.
        return layers.isEmpty()
                ? List.of()
                : ModulePairing.pair(widened().modules(), adapter.config(), base, aligned).stream()
                        .filter(pair -> names.contains(pair.name()))
                        .toList();
    }

    /** Returns a rewrite of the widened adapter with a config that targets the layers. */
    Rewrite targeted(Rewrite rewrite) {
        if (layers.isEmpty() || rewrite.config().isEmpty()) {
            return rewrite;
        }
        ObjectNode json = rewrite.config().get().deepCopy();
        new TargetExtension(
                        adapter.config(),
                        adapter.modules().stream().map(LoraModule::name).toList(),
                        layers.stream().map(LoraModule::name).toList(),
                        others)
                .applyTo(json);
        return new Rewrite(Optional.of(json), rewrite.tensors());
    }
}

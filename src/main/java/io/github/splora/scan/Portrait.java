package io.github.splora.scan;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.Block;
import io.github.splora.adapter.Initialization;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Printable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter is, from its config and headers alone.
 *
 * @param path as the user named it
 * @param kind {@code LoRA} or {@code DoRA}, with what is special about it
 * @param minRank lowest rank of a module
 * @param maxRank highest rank of a module
 * @param modules number of modules
 * @param blocks number of transformer blocks with a module
 * @param types projection types of the modules, in alphabetical order
 * @param trainedOn the model that the config names; null if it names none
 */
public record Portrait(
        String path,
        String kind,
        long minRank,
        long maxRank,
        int modules,
        int blocks,
        List<String> types,
        @Nullable String trainedOn) {

    static Portrait of(String given, Adapter adapter) {
        List<LoraModule> modules = adapter.modules();
        String named = adapter.config().baseModel();
        return new Portrait(
                given,
                kind(adapter.config()),
                modules.stream().mapToLong(LoraModule::rank).min().orElse(0),
                modules.stream().mapToLong(LoraModule::rank).max().orElse(0),
                modules.size(),
                (int) modules.stream()
                        .map(LoraModule::block)
                        .flatMap(Optional::stream)
                        .map(Block::path)
                        .distinct()
                        .count(),
                modules.stream().map(LoraModule::type).distinct().sorted().toList(),
                named.isBlank() ? null : named);
    }

    private static String kind(AdapterConfig config) {
        String initialization = config.initialization() == Initialization.UNKNOWN
                        || config.initLoraWeights().isEmpty()
                ? ""
                : ", " + Printable.text(config.initLoraWeights()) + " initialization";
        return (config.usesDora() ? "DoRA" : "LoRA") + (config.rsLora() ? ", rank-stabilized" : "") + initialization;
    }
}

package io.github.splora.client;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.TensorSource;
import io.github.splora.surgery.Rewrite;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The content of an adapter as seen by a client, whether on disk or still to be written.
 *
 * @param config the content of {@code adapter_config.json}
 * @param weights the weights file to name in problems with tensors
 * @param tensorNames all tensor names in the weights file
 * @param modules the modules whose tensors are present
 */
public record AdapterContent(AdapterConfig config, Path weights, Set<String> tensorNames, List<LoraModule> modules) {

    public static AdapterContent of(Adapter adapter) {
        return new AdapterContent(
                adapter.config(),
                adapter.weights().path(),
                adapter.weights().tensors().keySet(),
                adapter.modules());
    }

    /** Returns the content of the adapter after {@code rewrite}. */
    public static AdapterContent of(Adapter adapter, Rewrite rewrite) {
        Map<String, List<Long>> shapes =
                rewrite.tensors().stream().collect(Collectors.toMap(TensorSource::name, TensorSource::shape));
        Set<String> names = shapes.keySet();
        AdapterConfig config = rewrite.config().map(adapter.config()::with).orElse(adapter.config());
        return new AdapterContent(
                config,
                adapter.weights().path(),
                names,
                adapter.modules().stream()
                        .filter(module -> names.contains(module.loraA().name()))
                        .map(module -> module.reshaped(
                                Objects.requireNonNull(shapes.get(module.loraA().name())),
                                Objects.requireNonNull(shapes.get(module.loraB().name())),
                                config.scalingOf(module.name())))
                        .toList());
    }
}

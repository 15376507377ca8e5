package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The planned new content of an adapter.
 *
 * @param config the new {@code adapter_config.json}; empty if the old one is kept byte for byte
 * @param tensors all tensors of the new weights file
 */
public record Rewrite(Optional<ObjectNode> config, List<TensorSource> tensors) {

    /** Returns the same with another {@code base_model_name_or_path} in the config. */
    public Rewrite withBaseName(Adapter adapter, String name) {
        ObjectNode renamed =
                config.map(ObjectNode::deepCopy).orElse(adapter.config().toJson());
        return new Rewrite(Optional.of(renamed.put("base_model_name_or_path", name)), tensors);
    }

    /** Returns a rewrite that replaces tensors, by name, by others of the same name, shape and type. */
    static Rewrite replacing(Adapter adapter, Map<String, TensorSource> replaced) {
        return replacing(adapter, Optional.empty(), replaced);
    }

    /**
     * The same with another config.
     *
     * @param replaced tensors of the same names and types, of shapes that fit the config; and those of modules that the adapter's
     *     file does not hold, which are added
     */
    static Rewrite replacing(Adapter adapter, Optional<ObjectNode> config, Map<String, TensorSource> replaced) {
        TensorFile weights = adapter.weights();
        Stream<TensorSource> old = weights.tensors().values().stream()
                .map(info -> replaced.getOrDefault(info.name(), TensorSource.copyOf(weights, info)));
        Stream<TensorSource> further = adapter.modules().stream()
                .flatMap(module -> module.tensorNames().stream())
                .filter(name -> !weights.tensors().containsKey(name))
                .flatMap(name -> Optional.ofNullable(replaced.get(name)).stream());
        return new Rewrite(config, Stream.concat(old, further).toList());
    }
}

package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.storage.TensorSource;
import java.util.List;
import java.util.Optional;

/**
 * What an adapter becomes.
 *
 * @param config its new {@code adapter_config.json}; empty if the old one stays, byte for byte
 * @param tensors everything that its weights file will hold
 */
public record Rewrite(Optional<ObjectNode> config, List<TensorSource> tensors) {}

package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One module of an adapter: the pair of matrices that adds {@code ΔW = s·BA} to one linear layer.
 *
 * @param name the layer's name in the model, without {@code base_model.model.} and {@code .weight}
 * @param loraA {@code [r, in]}
 * @param loraB {@code [out, r]}
 * @param scaling {@code s}, finite
 * @param tensorNames every tensor of the adapter file that belongs to the module, A and B among them
 */
public record LoraModule(
    String name, StoredTensor loraA, StoredTensor loraB, double scaling, List<String> tensorNames) {

  /** The adapter's natural order: by block number (modules outside any block last), then by name. */
  public static final Comparator<String> NATURAL_ORDER =
      Comparator.<String>comparingInt(name -> Block.of(name).map(Block::index).orElse(Integer.MAX_VALUE))
          .thenComparing(Comparator.naturalOrder());

  public long rank() {
    return loraA.shape().get(0);
  }

  public long inFeatures() {
    return loraA.shape().get(1);
  }

  public long outFeatures() {
    return loraB.shape().get(0);
  }

  /** The projection type, {@code q_proj} of {@code model.layers.0.self_attn.q_proj}. */
  public String type() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  public Optional<Block> block() {
    return Block.of(name);
  }
}

package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a fine-tune changed in one layer: an adapter's LoRA module, or the whole weight of a merged checkpoint. */
public sealed interface TunedModule permits LoraModule, MergedWeight {

    /** Natural order of module names: by block number (modules outside any block last), then by name. */
    Comparator<String> NATURAL_ORDER = Comparator.<String>comparingInt(
                    name -> Block.of(name).map(Block::index).orElse(Integer.MAX_VALUE))
            .thenComparing(Comparator.naturalOrder());

    /** The layer's name in the model, without {@code base_model.model.} and {@code .weight}. */
    String name();

    /** {@code [out, in]}, or {@code [experts, out, in]} for a stack of experts. */
    List<Long> shape();

    /** The largest rank that the delta of one matrix can have. */
    long rank();

    /** {@code s}, finite; 1 for a merged weight. */
    double scaling();

    /** The tensors of the fine-tune that the delta is computed from; at least one. */
    List<StoredTensor> tensors();

    /** The projection type, {@code q_proj} of {@code model.layers.0.self_attn.q_proj}. */
    default String type() {
        return name().substring(name().lastIndexOf('.') + 1);
    }

    /** The transformer block that the layer belongs to; empty outside any block. */
    default Optional<Block> block() {
        return Block.of(name());
    }
}

package io.github.splora.pairing;

import io.github.splora.adapter.TunedModule;
import java.util.List;

/**
 * A module of a fine-tune together with the weights of its layer.
 *
 * @param tuned the fine-tune's side
 * @param weights base and aligned (and adapted, for a merged fine-tune), one element per matrix that the layer's weight
 *     consists of, in the order of the module's factors
 */
public record PairedModule(TunedModule tuned, List<Weights> weights) {

    public PairedModule {
        weights = List.copyOf(weights);
    }

    public String name() {
        return tuned.name();
    }

    /** {@code [out, in]}, or {@code [experts, out, in]}, regardless of how the weight is stored. */
    public List<Long> shape() {
        return tuned.shape();
    }

    /** Bytes of the weights on disk. */
    public long byteLength() {
        return weights.stream().mapToLong(Weights::byteLength).sum();
    }
}

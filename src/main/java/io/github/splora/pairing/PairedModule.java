package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import java.util.List;

/**
 * A LoRA module together with the weights of its layer.
 *
 * @param lora the adapter's side
 * @param weights base and aligned, a pair for each matrix that the layer's weight consists of, in the order of the
 *     module's factors
 */
public record PairedModule(LoraModule lora, List<Weights> weights) {

    public PairedModule {
        weights = List.copyOf(weights);
    }

    public String name() {
        return lora.name();
    }

    /** {@code [out, in]}, or {@code [experts, out, in]}, however it is stored. */
    public List<Long> shape() {
        return lora.shape();
    }

    /** Bytes of the weights on disk. */
    public long byteLength() {
        return weights.stream().mapToLong(Weights::byteLength).sum();
    }
}

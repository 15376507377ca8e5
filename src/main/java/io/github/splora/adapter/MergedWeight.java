package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.List;

/**
 * A weight of a merged fine-tune. Its difference from the aligned weight can have full rank. Dimensions after the first are
 * flattened: {@code [out, …]} becomes {@code [out, in]}.
 *
 * @param name the layer's name, without {@code .weight}
 * @param tensor the weight in the merged checkpoint: two or more dimensions, at least one element
 */
public record MergedWeight(String name, StoredTensor tensor) implements TunedModule {

    @Override
    public List<Long> shape() {
        long out = tensor.shape().get(0);
        return List.of(out, tensor.info().elementCount() / Math.max(1, out));
    }

    @Override
    public long rank() {
        return Math.min(shape().get(0), shape().get(1));
    }

    @Override
    public double scaling() {
        return 1;
    }

    @Override
    public List<StoredTensor> tensors() {
        return List.of(tensor);
    }
}

package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A convolution in one to three dimensions: {@code A : [r, channels, k…]}, {@code B : [out, r, 1…]}. Flattening the
 * kernel {@code [out, channels, k…]} gives a matrix with {@code in = channels·k·…}, whose delta is BA.
 *
 * @param kernel {@code [channels, k…]}
 */
record ConvolutionKind(List<Long> kernel) implements LayerKind {

    /** Returns the kind of the layer that {@code loraA} belongs to. */
    static ConvolutionKind of(StoredTensor loraA) {
        return new ConvolutionKind(loraA.shape().subList(1, loraA.shape().size()));
    }

    @Override
    public String label() {
        return "convolution";
    }

    @Override
    public Optional<Misfit> misfit(StoredTensor loraA, StoredTensor loraB) {
        List<Long> b = loraB.shape();
        if (b.size() > 1 && b.get(1) < loraA.shape().get(0)) {
            return Optional.of(new Misfit(
                    loraB,
                    "belongs to a grouped convolution, whose LoRA mixes channels that the weight keeps"
                            + " separate, so there is no comparable delta of the weight; train without"
                            + " this layer"));
        }
        boolean isPointwise =
                b.size() == loraA.shape().size() && b.stream().skip(2).allMatch(size -> size == 1);
        return isPointwise
                ? Optional.empty()
                : Optional.of(new Misfit(
                        loraB,
                        "a convolution's lora_B must be [out, r] with kernels of size 1 and as many dimensions"
                                + " as its lora_A " + loraA.shape()));
    }

    @Override
    public Dimensions dimensions(StoredTensor loraA, StoredTensor loraB) {
        long in = kernel.stream().reduce(1L, Math::multiplyExact);
        return new Dimensions(loraB.shape().get(0), in, loraA.shape().get(0), 1);
    }

    @Override
    public Set<Boolean> transpositions(Dimensions d, List<Long> weightShape) {
        return weightShapes(d).contains(weightShape) ? Set.of(false) : Set.of();
    }

    @Override
    public List<List<Long>> weightShapes(Dimensions d) {
        List<Long> shape = new ArrayList<>(List.of(d.out()));
        shape.addAll(kernel);
        return List.of(shape);
    }
}

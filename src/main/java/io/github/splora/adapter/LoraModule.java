package io.github.splora.adapter;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One module of a LoRA adapter: the factors of the delta of one layer, and the other tensors that belong to it.
 *
 * @param name the layer's name in the model, without {@code base_model.model.} and {@code .weight}
 * @param kind the kind of layer that the module adapts
 * @param loraA A, of a shape that fits the kind
 * @param loraB B, of a shape that fits the kind
 * @param scaling {@code s}, finite
 * @param magnitude DoRA's magnitudes, one per output; empty for plain LoRA
 * @param initialization what loading the adapter does to the layer's weight
 * @param tensorNames every tensor of the adapter file that belongs to the module, including A and B
 * @param savedWeight the layer's own weight, if PEFT saved it beside the factors (for a targeted embedding); that of an
 *     embedding or head stays in the adapter when the module is dropped
 */
public record LoraModule(
        String name,
        LayerKind kind,
        StoredTensor loraA,
        StoredTensor loraB,
        double scaling,
        Optional<StoredTensor> magnitude,
        Initialization initialization,
        List<String> tensorNames,
        Optional<StoredTensor> savedWeight)
        implements TunedModule {

    private static final Set<String> HEADS = Set.of("lm_head", "embed_out");

    /** Plain LoRA on a linear layer. */
    public static LoraModule linear(
            String name, StoredTensor loraA, StoredTensor loraB, double scaling, List<String> tensorNames) {
        return new LoraModule(
                name,
                LayerKinds.of(false, false, 0, loraA),
                loraA,
                loraB,
                scaling,
                Optional.empty(),
                Initialization.PLAIN,
                tensorNames,
                Optional.empty());
    }

    /** Returns the same module with factors of other shapes. */
    public LoraModule reshaped(List<Long> shapeOfA, List<Long> shapeOfB, double newScaling) {
        return new LoraModule(
                name,
                kind,
                reshaped(loraA, shapeOfA),
                reshaped(loraB, shapeOfB),
                newScaling,
                magnitude,
                initialization,
                tensorNames,
                savedWeight);
    }

    private static StoredTensor reshaped(StoredTensor tensor, List<Long> shape) {
        TensorInfo info = tensor.info();
        return new StoredTensor(
                tensor.file(), new TensorInfo(info.name(), info.dtype(), shape, info.begin(), info.end()));
    }

    /** Whether the delta is a product of two low-rank factors. DoRA's is not: it rescales every row of W. */
    public boolean isLowRank() {
        return magnitude.isEmpty();
    }

    /** Sizes of the matrices that the layer's weight consists of. */
    public Dimensions dimensions() {
        return kind.dimensions(loraA, loraB);
    }

    @Override
    public long rank() {
        return dimensions().rank();
    }

    /** Inputs of one matrix. */
    public long inFeatures() {
        return dimensions().in();
    }

    /** Outputs of one matrix. */
    public long outFeatures() {
        return dimensions().out();
    }

    @Override
    public List<Long> shape() {
        Dimensions d = dimensions();
        return d.matrices() == 1 ? List.of(d.out(), d.in()) : List.of((long) d.matrices(), d.out(), d.in());
    }

    /** Reads the unscaled factors of each matrix. */
    public List<Factors> factors() {
        return kind.factors(loraA, loraB);
    }

    @Override
    public List<StoredTensor> tensors() {
        return magnitude.map(m -> List.of(loraA, loraB, m)).orElse(List.of(loraA, loraB));
    }

    /** Whether the layer is an output head, which has one row per token and may share its weight with the embedding. */
    public boolean isHead() {
        return isHead(name);
    }

    /** Whether the layer of that name is an output head. */
    public static boolean isHead(String name) {
        return HEADS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** Whether the layer's weight has one row per token. */
    public boolean hasVocabulary() {
        return isHead() || kind instanceof EmbeddingKind;
    }
}

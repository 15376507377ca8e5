package io.github.splora.adapter;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.storage.StoredTensor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One module of an adapter: the factors of what is added to one layer, and whatever else of the file belongs to it.
 *
 * @param name the layer's name in the model, without {@code base_model.model.} and {@code .weight}
 * @param kind what kind of layer it is on
 * @param loraA A, of a shape that fits the kind
 * @param loraB B, likewise
 * @param scaling {@code s}, finite
 * @param magnitude DoRA's magnitudes, one for each output; empty for plain LoRA
 * @param initialisation what loading it does to the layer's weight
 * @param tensorNames every tensor of the adapter file that goes with the module, A and B among them
 * @param savedWeight the layer's own weight, where PEFT has saved it whole beside the factors (an embedding that was
 *     targeted): it stays when the module goes
 */
public record LoraModule(
        String name,
        LayerKind kind,
        StoredTensor loraA,
        StoredTensor loraB,
        double scaling,
        Optional<StoredTensor> magnitude,
        Initialization initialisation,
        List<String> tensorNames,
        Optional<StoredTensor> savedWeight) {

    /** The adapter's natural order: by block number (modules outside any block last), then by name. */
    public static final Comparator<String> NATURAL_ORDER = Comparator.<String>comparingInt(
                    name -> Block.of(name).map(Block::index).orElse(Integer.MAX_VALUE))
            .thenComparing(Comparator.naturalOrder());

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

    /** A weight of a merged fine-tune, which has no factors. */
    public static LoraModule merged(String name, StoredTensor weight) {
        return new LoraModule(
                name,
                WholeWeightKind.INSTANCE,
                weight,
                weight,
                1,
                Optional.empty(),
                Initialization.PLAIN,
                List.of(weight.name()),
                Optional.empty());
    }

    /** Whether it is a weight as a whole instead of factors. */
    public boolean isMerged() {
        return kind == WholeWeightKind.INSTANCE;
    }

    /** Whether its delta is a product of thin factors: neither a whole weight nor DoRA, which scales the rows of all W. */
    public boolean isLowRank() {
        return !isMerged() && magnitude.isEmpty();
    }

    /** Sizes of the matrices that the layer's weight consists of. */
    public Dimensions dimensions() {
        return kind.dimensions(loraA, loraB);
    }

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

    /** {@code [out, in]}; {@code [experts, out, in]} of several. */
    public List<Long> shape() {
        Dimensions d = dimensions();
        return d.matrices() == 1 ? List.of(d.out(), d.in()) : List.of((long) d.matrices(), d.out(), d.in());
    }

    /** Reads the unscaled factors of each matrix. */
    public List<Factors> factors() {
        return kind.factors(loraA, loraB);
    }

    /** All tensors that its delta is computed from. */
    public List<StoredTensor> tensors() {
        return magnitude.map(m -> List.of(loraA, loraB, m)).orElse(List.of(loraA, loraB));
    }

    /** The projection type, {@code q_proj} of {@code model.layers.0.self_attn.q_proj}. */
    public String type() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Whether it is on an output head, which has a row for each token and may share its weight with the embedding. */
    public boolean isHead() {
        return HEADS.contains(type());
    }

    /** Whether its layer's weight has a row for each token. */
    public boolean hasVocabulary() {
        return isHead() || kind instanceof EmbeddingKind;
    }

    public Optional<Block> block() {
        return Block.of(name);
    }
}

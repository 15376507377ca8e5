package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * No factors, but a weight of a merged fine-tune as a whole; it stands in the place of both. What it adds to the aligned
 * weight is of full rank. More than two dimensions are flattened: {@code [out, …]}.
 */
final class WholeWeightKind implements LayerKind {

    static final WholeWeightKind INSTANCE = new WholeWeightKind();

    private WholeWeightKind() {}

    @Override
    public String label() {
        return "merged weight";
    }

    @Override
    public Optional<Misfit> misfit(StoredTensor weight, StoredTensor again) {
        return Optional.empty();
    }

    @Override
    public Dimensions dimensions(StoredTensor weight, StoredTensor again) {
        long out = weight.shape().get(0);
        long in = weight.info().elementCount() / Math.max(1, out);
        return new Dimensions(out, in, Math.min(out, in), 1);
    }

    @Override
    public Set<Boolean> transpositions(Dimensions dimensions, List<Long> weightShape) {
        return Set.of(false);
    }

    @Override
    public List<List<Long>> weightShapes(Dimensions d) {
        return List.of(List.of(d.out(), d.in()));
    }

    @Override
    public List<Factors> factors(StoredTensor weight, StoredTensor again) {
        throw new UnsupportedOperationException("a whole weight has no factors");
    }
}

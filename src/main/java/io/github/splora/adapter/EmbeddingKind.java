package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An embedding: {@code A : [r, tokens]}, {@code B : [dim, r]}, and a weight {@code [tokens, dim]}, the transpose of
 * {@code [out, in]}.
 */
final class EmbeddingKind implements LayerKind {

    @Override
    public String label() {
        return "embedding";
    }

    @Override
    public Optional<Misfit> misfit(StoredTensor loraA, StoredTensor loraB) {
        return Stream.of(loraA, loraB)
                .filter(tensor -> tensor.shape().size() != 2)
                .findFirst()
                .map(tensor -> new Misfit(tensor, "must be a matrix"));
    }

    @Override
    public Dimensions dimensions(StoredTensor loraA, StoredTensor loraB) {
        return new Dimensions(
                loraB.shape().get(0), loraA.shape().get(1), loraA.shape().get(0), 1);
    }

    @Override
    public Set<Boolean> transpositions(Dimensions d, List<Long> weightShape) {
        return weightShapes(d).contains(weightShape) ? Set.of(true) : Set.of();
    }

    @Override
    public List<List<Long>> weightShapes(Dimensions d) {
        return List.of(List.of(d.in(), d.out()));
    }
}

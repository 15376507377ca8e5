package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A linear layer: {@code A : [r, in]}, {@code B : [out, r]}; GPT-2's Conv1D stores its weight as {@code [in, out]}. */
final class LinearKind implements LayerKind {

    @Override
    public String label() {
        return "linear";
    }

    @Override
    public boolean readsFeatures() {
        return true;
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
        Set<Boolean> fitting = new TreeSet<>();
        if (weightShape.equals(List.of(d.out(), d.in()))) {
            fitting.add(false);
        }
        if (weightShape.equals(List.of(d.in(), d.out()))) {
            fitting.add(true);
        }
        return fitting;
    }

    @Override
    public boolean canBeginWithWeight() {
        return true;
    }

    @Override
    public List<List<Long>> weightShapes(Dimensions d) {
        return List.of(List.of(d.out(), d.in()));
    }
}

package io.github.splora.delta;

import io.github.splora.tensor.Pass;
import java.util.Optional;
import java.util.function.Function;

/**
 * LoRA whose factors began as a part of the aligned weight. Loading it takes that part P out of the weight, so that it
 * adds {@code s·BA − P}, of rank 2r, as if that were the trained product; from there on it is as any other.
 */
final class ResidualDelta implements Delta {

    private final LowRank trained;
    private final BasePart part;
    private final Function<LowRank, Delta> kind;
    private Delta difference;

    /**
     * @param trained sBA
     * @param kind what is made of the difference
     */
    ResidualDelta(LowRank trained, BasePart part, Function<LowRank, Delta> kind) {
        this.trained = trained;
        this.part = part;
        this.kind = kind;
    }

    @Override
    public boolean prepare(Pass pass) {
        if (difference == null && !part.ask(pass)) {
            difference = kind.apply(trained.minus(part.factors()));
        }
        return difference == null;
    }

    @Override
    public void ask(Pass pass) {
        difference.ask(pass);
    }

    @Override
    public double squaredNorm() {
        return difference.squaredNorm();
    }

    @Override
    public double innerWithAlignment() {
        return difference.innerWithAlignment();
    }

    @Override
    public Optional<LowRank> lowRank() {
        return Optional.ofNullable(difference).flatMap(Delta::lowRank);
    }
}

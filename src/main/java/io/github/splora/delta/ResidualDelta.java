package io.github.splora.delta;

import io.github.splora.tensor.Pass;
import java.util.Optional;
import java.util.function.Function;

/**
 * LoRA whose factors were initialized with a part P of the aligned weight. Loading subtracts P from the weight, so the module
 * adds {@code s·BA − P}, of rank 2r, which is treated like any other trained product.
 */
final class ResidualDelta implements Delta {

    private final StableProduct trained;
    private final BasePart part;
    private final Function<StableProduct, Delta> kind;
    private Delta difference;

    /**
     * @param trained sBA
     * @param kind creates the delta of the difference
     */
    @SuppressWarnings("NullAway.Init") // prepare() sets the rest before anything reads it
    ResidualDelta(StableProduct trained, BasePart part, Function<StableProduct, Delta> kind) {
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
    public double uncertainty() {
        return difference.uncertainty();
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

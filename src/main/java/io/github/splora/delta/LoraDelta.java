package io.github.splora.delta;

import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Optional;

/** Plain LoRA, {@code Δ = s·BA}. One pass, which gets {@code ⟨Δ, V⟩} from one product with a tall-skinny matrix. */
final class LoraDelta implements Delta {

    private final LowRank factors;
    private final double uncertainty;
    private final double squaredNorm;
    private Slot<Double> inner;

    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    LoraDelta(StableProduct product) {
        this.factors = product.factors();
        this.uncertainty = product.uncertainty();
        this.squaredNorm = factors.squaredNorm();
    }

    @Override
    public void ask(Pass pass) {
        inner = pass.inner(Operand.ALIGNMENT_DELTA, factors.b(), factors.a());
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public double uncertainty() {
        return uncertainty;
    }

    @Override
    public double innerWithAlignment() {
        return inner.get();
    }

    @Override
    public Optional<LowRank> lowRank() {
        return Optional.of(factors);
    }
}

package io.github.splora.delta;

import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Optional;

/** Plain LoRA, {@code Δ = s·BA}. One pass, which gets {@code ⟨Δ, V⟩} from one product with a tall-skinny matrix. */
final class LoraDelta implements Delta {

    private final LowRank factors;
    private Slot<Double> inner;

    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    LoraDelta(LowRank factors) {
        this.factors = factors;
    }

    @Override
    public void ask(Pass pass) {
        inner = pass.inner(Operand.ALIGNMENT_DELTA, factors.b(), factors.a());
    }

    @Override
    public double squaredNorm() {
        return factors.squaredNorm();
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

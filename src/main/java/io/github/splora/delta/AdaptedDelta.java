package io.github.splora.delta;

import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;

/** A merged fine-tune, {@code Δ = W_adapted − W_aligned}: of full rank, so its norm and inner product are sums over the weights. One pass. */
final class AdaptedDelta implements Delta {

    @SuppressWarnings("NullAway.Init") // ask() sets it
    private Slot<Double> squared;

    @SuppressWarnings("NullAway.Init") // ask() sets it
    private Slot<Double> inner;

    @Override
    public void ask(Pass pass) {
        squared = pass.inner(Operand.ADAPTED_DELTA, Operand.ADAPTED_DELTA);
        inner = pass.inner(Operand.ADAPTED_DELTA, Operand.ALIGNMENT_DELTA);
    }

    @Override
    public double squaredNorm() {
        return squared.get();
    }

    @Override
    public double innerWithAlignment() {
        return inner.get();
    }
}

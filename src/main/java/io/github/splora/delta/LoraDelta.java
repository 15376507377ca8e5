package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Optional;

/** Plain LoRA, {@code Δ = s·BA}. One pass: {@code Y = V Aᵀ : [out, r]}, {@code ⟨Δ, V⟩ = ⟨sB, Y⟩}. */
final class LoraDelta implements Delta {

  private final LowRank factors;
  private Slot<Matrix> y;

  LoraDelta(LowRank factors) {
    this.factors = factors;
  }

  @Override
  public void ask(Pass pass) {
    y = pass.times(Operand.ALIGNMENT_DELTA, factors.a().transpose());
  }

  @Override
  public double squaredNorm() {
    return factors.squaredNorm();
  }

  @Override
  public double innerWithAlignment() {
    return factors.b().inner(y.get());
  }

  @Override
  public Optional<LowRank> lowRank() {
    return Optional.of(factors);
  }
}

package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Optional;

/**
 * Plain LoRA, {@code Δ = s·BA}. One pass: {@code M = Vᵀ sB : [in, r]}, {@code ⟨Δ, V⟩ = ⟨Aᵀ, M⟩}; of the two ways to the same
 * number this is the one that takes stored rows as they are.
 */
final class LoraDelta implements Delta {

  private final LowRank factors;
  private Slot<Matrix> m;

  LoraDelta(LowRank factors) {
    this.factors = factors;
  }

  @Override
  public void ask(Pass pass) {
    m = pass.transposeTimes(Operand.ALIGNMENT_DELTA, factors.b());
  }

  @Override
  public double squaredNorm() {
    return factors.squaredNorm();
  }

  @Override
  public double innerWithAlignment() {
    return factors.a().transpose().inner(m.get());
  }

  @Override
  public Optional<LowRank> lowRank() {
    return Optional.of(factors);
  }
}

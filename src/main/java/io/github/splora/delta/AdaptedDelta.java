package io.github.splora.delta;

import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Arrays;

/** A merged fine-tune, {@code Δ = W_adapted − W_aligned}: of full rank, its numbers are sums over the weights. One pass. */
final class AdaptedDelta implements Delta {

  private Slot<double[]> squared;
  private Slot<double[]> inner;

  @Override
  public void ask(Pass pass) {
    squared = pass.rowInner(Operand.ADAPTED_DELTA, Operand.ADAPTED_DELTA);
    inner = pass.rowInner(Operand.ADAPTED_DELTA, Operand.ALIGNMENT_DELTA);
  }

  @Override
  public double squaredNorm() {
    return Arrays.stream(squared.get()).sum();
  }

  @Override
  public double innerWithAlignment() {
    return Arrays.stream(inner.get()).sum();
  }
}

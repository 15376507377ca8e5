package io.github.splora.score;

import io.github.splora.delta.Delta;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;

/**
 * SafeLoRA's operator on the delta, as SPLoRA's public code uses it:
 *
 * <pre>C = V Vᵀ/‖V‖_F : [out, out],   R = C ΔW,   d = ‖R − ΔW‖_F</pre>
 *
 * C is not a projection: its norm is σ_max(V)²/‖V‖_F, usually far below 1, so d is close to ‖ΔW‖. Two passes and no
 * {@code [out, out]} matrix: {@code M = Vᵀ B : [in, r]}, {@code PB = V M/‖V‖ : [out, r]}, R = PB·A, with B scaled. Of a
 * weight of several matrices, each has a C of its own, and squares add up.
 *
 * <p>Source: Hsu et al., "Safe LoRA", NeurIPS 2024 (arXiv 2405.16833), section 3.4.
 */
final class SafeLoraReference implements Reference {

  @Override
  public boolean takesFullRank() {
    return false;
  }

  @Override
  public Comparing compare(Delta delta) {
    return new TwoPasses(delta);
  }

  @Override
  public Comparison comparison(Sums sums) {
    double referenceNorm = Math.sqrt(sums.reference());
    return new Comparison(Math.sqrt(sums.difference()),
        Comparison.cosine(sums.inner(), referenceNorm, Math.sqrt(sums.delta())), referenceNorm);
  }

  private static final class TwoPasses implements Comparing {

    private final Delta delta;
    private LowRank factors;
    private Slot<Matrix> m;
    private Slot<Double> squaredAlignment;
    private Slot<Matrix> vm;
    private double alignment;

    TwoPasses(Delta delta) {
      this.delta = delta;
    }

    @Override
    public boolean ask(Pass pass) {
      if (factors == null) {
        if (!delta.prepare(pass)) {
          factors = delta.lowRank().orElseThrow();
          m = pass.transposeTimes(Operand.ALIGNMENT_DELTA, factors.b());
          squaredAlignment = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        }
        return true;
      }
      alignment = squaredAlignment.get();
      if (vm != null || alignment == 0) {
        return false;
      }
      vm = pass.times(Operand.ALIGNMENT_DELTA, m.get());
      return true;
    }

    @Override
    public Sums sums() {
      double deltaSquared = factors.squaredNorm();
      if (vm == null) {
        return new Sums(deltaSquared, 0, 0, 0, deltaSquared);
      }
      Matrix projectedB = vm.get().scaledBy(1 / Math.sqrt(alignment));
      Matrix difference = projectedB.minus(factors.b());
      return new Sums(
          deltaSquared,
          alignment,
          Math.max(0, factors.innerTimesA(projectedB, projectedB)),
          factors.innerTimesA(projectedB, factors.b()),
          Math.max(0, factors.innerTimesA(difference, difference)));
    }
  }
}

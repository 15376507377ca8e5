package io.github.splora.score;

import ai.djl.ndarray.NDArray;
import io.github.splora.tensor.AlignmentDelta;
import io.github.splora.tensor.LoraDelta;
import java.util.Optional;

/**
 * SafeLoRA's operator on the delta, as SPLoRA's public code uses it:
 *
 * <pre>C = V Vᵀ/‖V‖_F : [out, out],   R = C ΔW,   d = ‖R − ΔW‖_F</pre>
 *
 * C is not a projection: its norm is σ_max(V)²/‖V‖_F, usually far below 1, so d is close to ‖ΔW‖. Two passes and no
 * {@code [out, out]} matrix: {@code M = Vᵀ B : [in, r]}, {@code PB = V M/‖V‖ : [out, r]}, R = s·PB·A.
 *
 * <p>Source: Hsu et al., "Safe LoRA", NeurIPS 2024 (arXiv 2405.16833), section 3.4.
 */
final class SafeLoraReference implements Reference {

  @Override
  public Optional<Comparison> compare(AlignmentDelta v, LoraDelta delta) {
    NDArray m = v.transposeTimes(delta.b());
    if (v.norm() == 0) {
      return Optional.empty();
    }
    NDArray projectedB = v.times(m).div(v.norm());
    double s = Math.abs(delta.scaling());
    double distance = s * delta.normTimesA(projectedB.sub(delta.b()));
    double referenceNorm = s * delta.normTimesA(projectedB);
    double inner = s * s * delta.innerTimesA(projectedB, delta.b());
    return Optional.of(
        new Comparison(distance, Comparison.cosine(inner, referenceNorm, delta.norm()), referenceNorm));
  }
}

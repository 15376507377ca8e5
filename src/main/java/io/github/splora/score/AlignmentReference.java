package io.github.splora.score;

import ai.djl.ndarray.NDArray;
import io.github.splora.tensor.AlignmentDelta;
import io.github.splora.tensor.LoraDelta;
import java.util.Optional;

/**
 * The alignment delta V itself, compared by direction:
 *
 * <pre>d = ‖ ΔW/‖ΔW‖ − V/‖V‖ ‖_F = √(2 − 2 cos(ΔW, V))</pre>
 *
 * A delta that moves against what alignment did is far (up to 2), one that moves along it is near, an unrelated one is
 * at √2. One pass: {@code Y = V Aᵀ : [out, r]}, {@code ⟨ΔW, V⟩ = s·⟨B, Y⟩}.
 */
final class AlignmentReference implements Reference {

  @Override
  public Optional<Comparison> compare(AlignmentDelta v, LoraDelta delta) {
    NDArray y = v.times(delta.a().transpose());
    if (v.norm() == 0) {
      return Optional.empty();
    }
    double inner = delta.scaling() * delta.b().mul(y).sum().getDouble();
    double cosine = Comparison.cosine(inner, delta.norm(), v.norm());
    return Optional.of(new Comparison(Math.sqrt(2 - 2 * cosine), cosine, v.norm()));
  }
}

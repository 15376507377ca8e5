package io.github.splora.score;

import io.github.splora.tensor.AlignmentDelta;
import io.github.splora.tensor.LoraDelta;
import java.util.Optional;

/** What a module's delta is compared with. An implementation is one file, made known in {@link References}. */
public interface Reference {

  /**
   * Compares one module's delta with its reference.
   *
   * @param v {@code V : [out, in]}; each product with it is a pass over the files
   * @param delta {@code ΔW : [out, in]}, not zero
   * @return empty if V is zero: alignment did not touch the layer, so there is no reference
   */
  Optional<Comparison> compare(AlignmentDelta v, LoraDelta delta);
}

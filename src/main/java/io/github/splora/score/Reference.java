package io.github.splora.score;

import io.github.splora.delta.Delta;

/** What a module's delta is compared with. An implementation is one file, made known in {@link References}. */
public interface Reference {

  /** Whether deltas of full rank can be compared, too. */
  default boolean takesFullRank() {
    return true;
  }

  /** Compares the delta of one matrix with its reference; to be asked until it wants no pass any more. */
  Comparing compare(Delta delta);

  /**
   * What the sums over all matrices of a module, neither of whose deltas is zero, come down to.
   *
   * @param sums with {@code ‖ΔW‖} and {@code ‖V‖} above 0
   */
  Comparison comparison(Sums sums);
}

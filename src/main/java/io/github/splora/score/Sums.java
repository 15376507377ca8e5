package io.github.splora.score;

/**
 * Sums over the elements of one matrix, or of several.
 *
 * @param delta {@code ‖ΔW‖²}
 * @param alignment {@code ‖V‖²}
 * @param reference {@code ‖R‖²} with the reference R
 * @param inner {@code ⟨ΔW, R⟩}
 * @param difference {@code ‖R − ΔW‖²}; 0 for a reference that is compared by direction
 */
public record Sums(double delta, double alignment, double reference, double inner, double difference) {

  static final Sums ZERO = new Sums(0, 0, 0, 0, 0);

  Sums plus(Sums other) {
    return new Sums(delta + other.delta, alignment + other.alignment, reference + other.reference,
        inner + other.inner, difference + other.difference);
  }
}

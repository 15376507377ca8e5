package io.github.splora.measure;

/**
 * Sums over the elements of one matrix or several.
 *
 * @param delta {@code ‖ΔW‖²}
 * @param alignment {@code ‖V‖²}
 * @param reference {@code ‖R‖²} for the reference R
 * @param inner {@code ⟨ΔW, R⟩}
 * @param difference {@code ‖R − ΔW‖²}; 0 for a reference that is compared by direction
 * @param inside {@code ‖LLᵀΔW RRᵀ‖²} for V's dominant subspaces L and R; 0 for a reference that does not use them
 * @param randomMean mean, over random deltas with the same singular values, of {@code inner} for a reference that is
 *     compared by direction, and of {@code difference} for any other
 * @param randomVariance variance of the same quantity
 */
public record Sums(
        double delta,
        double alignment,
        double reference,
        double inner,
        double difference,
        double inside,
        double randomMean,
        double randomVariance) {

    static final Sums ZERO = new Sums(0, 0, 0, 0, 0, 0, 0, 0);

    Sums plus(Sums other) {
        return new Sums(
                delta + other.delta,
                alignment + other.alignment,
                reference + other.reference,
                inner + other.inner,
                difference + other.difference,
                inside + other.inside,
                randomMean + other.randomMean,
                randomVariance + other.randomVariance);
    }
}

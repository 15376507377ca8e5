package io.github.splora.measure;

/**
 * Sums over the elements of one matrix, or of several.
 *
 * @param delta {@code ‖ΔW‖²}
 * @param alignment {@code ‖V‖²}
 * @param reference {@code ‖R‖²} with the reference R
 * @param inner {@code ⟨ΔW, R⟩}
 * @param difference {@code ‖R − ΔW‖²}; 0 for a reference that is compared by direction
 * @param inside {@code ‖LLᵀΔW RRᵀ‖²} with V's dominant subspaces; 0 for a reference that does not look at them
 * @param randomMean of a random delta of the same singular values, mean of what {@code inner} is for a reference that is
 *     compared by direction, and of what {@code difference} is for another
 * @param randomVariance variance of the same
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

package io.github.splora.delta;

import io.github.splora.tensor.Pass;
import java.util.Optional;

/**
 * What a module adds to one aligned weight, {@code Δ : [out, in]}, which is never multiplied out. An implementation is
 * one kind of fine-tuning, chosen in {@link Deltas}.
 *
 * <p>Its questions are answered in walks over the weights: {@link #prepare} as often as it says yes, then {@link #ask},
 * then a walk, then the numbers are there.
 */
public interface Delta {

    /**
     * Asks a pass for what must be known of the weights before {@link #ask} or {@link #lowRank} can be called.
     *
     * @return whether anything was asked; false once nothing is wanted any more
     */
    default boolean prepare(Pass pass) {
        return false;
    }

    /** Asks for what the two numbers below are made of. */
    void ask(Pass pass);

    /** {@code ‖Δ‖²}. */
    double squaredNorm();

    /** {@code ⟨Δ, V⟩} with the alignment delta V. */
    double innerWithAlignment();

    /** The factors, once prepared; empty for a delta that has none. */
    default Optional<LowRank> lowRank() {
        return Optional.empty();
    }
}

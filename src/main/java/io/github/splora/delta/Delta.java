package io.github.splora.delta;

import io.github.splora.tensor.Pass;
import java.util.Optional;

/**
 * What a module adds to one aligned weight, {@code Δ : [out, in]}, never built as a matrix. Each implementation is one kind of
 * fine-tuning, chosen in {@link Deltas}.
 *
 * <p>Its numbers come from walks over the weights: call {@link #prepare} before each walk until it returns false, then
 * {@link #ask}, then walk once more.
 */
public interface Delta {

    /**
     * Asks a pass for what {@link #ask} or {@link #lowRank} need to know of the weights.
     *
     * @return whether another walk is needed
     */
    default boolean prepare(Pass pass) {
        return false;
    }

    /** Asks for what the two numbers below are computed from. */
    void ask(Pass pass);

    /** {@code ‖Δ‖²}. */
    double squaredNorm();

    /**
     * Returns how far {@code ‖Δ‖} may be from the norm of what an engine adds that computes in float32, because parts of Δ cancel; 0
     * where none do.
     */
    default double uncertainty() {
        return 0;
    }

    /** {@code ⟨Δ, V⟩} with the alignment delta V. */
    double innerWithAlignment();

    /** Returns the factors, once prepared; empty for a delta of full rank. */
    default Optional<LowRank> lowRank() {
        return Optional.empty();
    }
}

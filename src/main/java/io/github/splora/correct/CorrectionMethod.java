package io.github.splora.correct;

import io.github.splora.alignment.Accuracy;

/** A formula that computes low-rank factors from a module's delta and V. */
public interface CorrectionMethod {

    /** Starts computing for the delta of one matrix. */
    CorrectionWalk correct(CorrectionSubject subject);

    /**
     * Whether it walks for {@link CorrectionSubject#spaces}. Such corrections share walks with each other only, so that the
     * result does not depend on what else a run computes.
     */
    default boolean usesKrylovSpaces() {
        return false;
    }

    /** Whether it needs {@link CorrectionSubject#spectrum}. */
    default boolean usesSpectrum() {
        return false;
    }

    /** How accurate its Krylov spaces must be. */
    default Accuracy accuracy() {
        return Accuracy.DEFAULT;
    }

    /** Number of singular triplets of V that it computes. */
    default int triplets() {
        return 0;
    }

    /** Estimated number of steps of the Krylov spaces, two walks each, for V with a flat spectrum, the slowest one. */
    default int steps() {
        return 0;
    }

    /** Whether its result replaces the module's factors; false if it is added to them. */
    default boolean replacesFactors() {
        return true;
    }
}

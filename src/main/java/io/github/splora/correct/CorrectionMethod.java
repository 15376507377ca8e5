package io.github.splora.correct;

import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;

/** A way to correct deltas. */
public interface CorrectionMethod {

    /**
     * Begins with the delta of one matrix.
     *
     * @param delta {@code sBA}
     * @param spectrum V's, shared with all others that look at the same matrix
     */
    CorrectionWalk correct(LowRank delta, Spectrum spectrum);
}

package io.github.splora.correct;

import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;

/** A formula that corrects a module's delta. */
public interface CorrectionMethod {

    /**
     * Starts correcting the delta of one matrix.
     *
     * @param delta {@code sBA}
     * @param spectrum the spectrum of V, shared by everything computed from the same matrix
     */
    CorrectionWalk correct(LowRank delta, Spectrum spectrum);
}

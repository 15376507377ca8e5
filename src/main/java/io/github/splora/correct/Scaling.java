package io.github.splora.correct;

import io.github.splora.delta.LowRank;

/**
 * Scales the delta down: {@code B := (1 − strength)·B}. It does not use alignment, and is the baseline that every other
 * correction should be compared with.
 *
 * @param strength from 0, which leaves the delta unchanged, to 1
 */
record Scaling(double strength) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        LowRank delta = subject.delta();
        return CorrectionWalk.withoutWeights(
                () -> new LowRank(delta.a(), delta.b().scaledBy(1 - strength), delta.gramOfA()));
    }
}

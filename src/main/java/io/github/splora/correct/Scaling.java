package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

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
        return new CorrectionWalk() {
            @Override
            public boolean ask(Pass pass) {
                return false;
            }

            @Override
            public LowRank corrected() {
                return new LowRank(delta.a(), delta.b().scaledBy(1 - strength), delta.gramOfA());
            }
        };
    }
}

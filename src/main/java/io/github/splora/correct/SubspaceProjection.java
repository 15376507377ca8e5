package io.github.splora.correct;

import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;

/**
 * SafeLoRA's idea with a true projection: removes what the delta writes outside V's dominant left subspace L:
 *
 * <pre>B := B − strength·(B − L LᵀB)</pre>
 *
 * @param energy share of ‖V‖² that the subspace holds, in (0, 1]
 * @param strength from 0, which leaves the delta unchanged, to 1
 */
record SubspaceProjection(double energy, double strength) implements CorrectionMethod {

    @Override
    public boolean usesSpectrum() {
        return true;
    }

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        LowRank delta = subject.delta();
        return new SpectralCorrection(subject.spectrum(), energy) {
            @Override
            LowRank corrected(Subspaces v) {
                Matrix outside = delta.b().minus(v.ontoLeft(delta.b()));
                return new LowRank(delta.a(), delta.b().minus(outside.scaledBy(strength)), delta.gramOfA());
            }
        };
    }
}

package io.github.splora.correct;

import io.github.splora.alignment.Accuracy;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Triplets;
import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

/**
 * The strongest part of what alignment did, {@code U_k Σ_k W_kᵀ} of {@code V = UΣWᵀ}, to be added to the delta as k more ranks.
 *
 * <p>Adding a multiple of V is task arithmetic (Ilharco et al., arXiv 2212.04089); its truncation is LoX (arXiv 2506.15606).
 *
 * @param count k, at least 1
 * @param accuracy when the result is accurate enough
 */
record Restoration(int count, Accuracy accuracy) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        KrylovSpaces spaces = subject.spaces();
        spaces.requireTriplets(count);
        return new CorrectionWalk() {
            @Override
            public boolean ask(Pass pass) {
                return spaces.ask(pass);
            }

            @Override
            public LowRank corrected() {
                Triplets triplets = spaces.triplets(count);
                return new LowRank(triplets.right().transpose(), triplets.scaledLeft());
            }
        };
    }

    @Override
    public boolean usesKrylovSpaces() {
        return true;
    }

    @Override
    public int steps() {
        return 10;
    }

    @Override
    public int triplets() {
        return count;
    }

    @Override
    public boolean replacesFactors() {
        return false;
    }
}

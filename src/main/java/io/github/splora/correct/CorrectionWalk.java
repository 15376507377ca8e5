package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;
import java.util.function.Supplier;

/** A {@link CorrectionMethod} at work on one matrix, computed in walks over the layer's weights. */
public interface CorrectionWalk {

    /**
     * Requests what the next walk has to compute.
     *
     * @return whether anything was requested; false once {@link #corrected} is available
     */
    boolean ask(Pass pass);

    /** Returns that of a correction that needs nothing of the weights. */
    static CorrectionWalk withoutWeights(Supplier<LowRank> corrected) {
        return new CorrectionWalk() {
            @Override
            public boolean ask(Pass pass) {
                return false;
            }

            @Override
            public LowRank corrected() {
                return corrected.get();
            }
        };
    }

    /** Returns the corrected delta, which has the same rank as the original, or the product to be added to it. */
    LowRank corrected();
}

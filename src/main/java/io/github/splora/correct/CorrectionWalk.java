package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

/** The correction of one matrix's delta, worked out in walks over the layer's weights. */
public interface CorrectionWalk {

    /**
     * Asks for what the next walk is to bring back.
     *
     * @return whether anything was asked; false once {@link #corrected} is there
     */
    boolean ask(Pass pass);

    /** What takes the delta's place, of the same rank. */
    LowRank corrected();
}

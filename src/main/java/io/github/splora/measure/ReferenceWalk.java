package io.github.splora.measure;

import io.github.splora.tensor.Pass;

/** A comparison that is computed in walks over a layer's weights. */
public interface ReferenceWalk {

    /**
     * Requests what the next walk has to compute. Called before every walk over the layer's weights.
     *
     * @return whether anything was requested; false once {@link #sums} are available
     */
    boolean ask(Pass pass);

    /** Returns the sums over the elements of one matrix. */
    Sums sums();
}

package io.github.splora.measure;

import io.github.splora.tensor.Pass;

/** A comparison that is worked out in walks over a layer's weights. */
public interface ReferenceWalk {

    /**
     * Asks for what the next walk is to bring back.
     *
     * @return whether anything was asked; false once {@link #sums} are there
     */
    boolean ask(Pass pass);

    /** The figures of one matrix. */
    Sums sums();
}

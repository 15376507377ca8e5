package io.github.splora.tensor;

import io.github.splora.error.BadInputException;
import io.github.splora.pairing.Weights;

/** Walks over weights: all that touches as much data as a model has. Safe for use by several threads. */
public interface Kernel {

    /**
     * Reads each of the layer's weights once, from its first row to its last, and fills all slots of the pass.
     *
     * @throws BadInputException if a file was cut short or changed meanwhile
     */
    void run(Pass pass, Weights weights);

    /**
     * Memory that one walk over these weights takes at a time, in bytes, beside the thin matrices that it multiplies with and
     * brings back: an estimate, from shapes and types.
     */
    long workspaceBytes(Weights weights);
}

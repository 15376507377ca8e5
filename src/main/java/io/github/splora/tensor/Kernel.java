package io.github.splora.tensor;

import io.github.splora.error.BadInputException;
import io.github.splora.pairing.Weights;

/**
 * Walks over weights. Everything that processes as much data as a whole model is done here. Safe for concurrent use.
 */
public interface Kernel {

    /**
     * Reads each of the layer's weights once, from first row to last, and fills all slots of the pass.
     *
     * @throws BadInputException if a file was truncated or changed during the walk
     */
    void run(Pass pass, Weights weights);

    /**
     * Estimates, from shapes and types, the peak memory of one walk over these weights, in bytes. Does not include the
     * tall-skinny matrices that it multiplies by and returns.
     */
    long workspaceBytes(Weights weights);
}

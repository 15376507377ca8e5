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
     * Starts several walks over the same weights.
     *
     * @param keeps whether {@link #keptBytes} more memory may be used to read the weights only once; the results are the same
     */
    default Walks over(Weights weights, boolean keeps) {
        return pass -> run(pass, weights);
    }

    /** Walks over one layer's weights, one at a time. */
    @FunctionalInterface
    interface Walks extends AutoCloseable {

        /** As {@link Kernel#run}. */
        void run(Pass pass);

        /** Frees what was kept. Not to be called after a walk that failed. */
        @Override
        default void close() {}
    }

    /** Returns how much memory it takes to keep the alignment delta of these weights between walks; 0 if this kernel does not. */
    default long keptBytes(Weights weights) {
        return 0;
    }

    /**
     * Estimates, from shapes and types, the peak memory of one walk over these weights, in bytes. Does not include the
     * tall-skinny matrices that it multiplies by and returns.
     */
    long workspaceBytes(Weights weights);
}

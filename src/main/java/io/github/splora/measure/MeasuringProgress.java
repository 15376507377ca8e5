package io.github.splora.measure;

import io.github.splora.pairing.PairedModule;

/** Receives the progress of {@link ModuleScorer}, on any thread. Calls never overlap. */
@FunctionalInterface
public interface MeasuringProgress {

    /** Called when a module has been measured. */
    void done(PairedModule module);

    /**
     * Called after each further walk for a module that takes more than {@value ModuleScorer#MANY_WALKS} of them.
     *
     * @param walks number of walks so far
     */
    default void walked(PairedModule module, int walks) {}
}

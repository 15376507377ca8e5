package io.github.splora.run;

import io.github.splora.fleet.LedgerEntry;

/** Receives the progress of a run over many adapters. Calls never overlap. */
public interface FleetProgress {

    /** Ignores all progress. */
    FleetProgress SILENT = new FleetProgress() {};

    /**
     * Called before the first adapter, and again when further ones have arrived.
     *
     * @param adapters number of adapters that are there, those with a verdict included
     */
    default void found(int adapters) {}

    /** Called for an adapter that has a verdict from an earlier run. */
    default void skipped() {}

    /** Called when an adapter has its verdict. */
    default void judged(LedgerEntry entry) {}
}

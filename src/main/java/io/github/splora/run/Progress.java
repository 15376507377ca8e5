package io.github.splora.run;

/** Receives the progress of a run. Calls never overlap. */
public interface Progress {

    /** Ignores all progress. */
    Progress SILENT = new Progress() {};

    /**
     * Called when scoring begins.
     *
     * @param modules number of modules that will be measured
     * @param bytes size of their weights, base and aligned together
     */
    default void begin(int modules, long bytes) {}

    /** Called when a module has been measured, whose weights have {@code bytes} bytes. */
    default void moduleDone(long bytes) {}

    /**
     * Called after each further walk for a module that takes more than 40 walks over its weights.
     *
     * @param module its name
     * @param walks number of walks so far
     */
    default void moduleWalked(String module, int walks) {}

    /** Called when all modules have been measured, or measuring has failed. */
    default void end() {}
}

package io.github.splora.run;

/** Told how a run gets on. Calls come one at a time. */
public interface Progress {

    /** Says nothing. */
    Progress SILENT = new Progress() {};

    /**
     * Scoring begins.
     *
     * @param modules how many will be measured
     * @param bytes size of their weights, base and aligned together
     */
    default void begin(int modules, long bytes) {}

    /** One more module is measured, whose weights are {@code bytes} long. */
    default void moduleDone(long bytes) {}

    /** All modules are measured. */
    default void end() {}
}

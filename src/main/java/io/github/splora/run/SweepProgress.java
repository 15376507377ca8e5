package io.github.splora.run;

import io.github.splora.sweep.Evaluation;
import io.github.splora.sweep.Trial;

/** Receives each candidate after it has been tried. */
public interface SweepProgress {

    /** Ignores all progress. */
    SweepProgress SILENT = (trial, atMost) -> {};

    /** @param atMost maximum number of candidates in the sweep */
    void tried(Trial trial, int atMost);

    /**
     * Receives an evaluation on held-back prompts.
     *
     * @param trial the best candidate or the unchanged adapter
     */
    default void confirming(Trial trial, Evaluation evaluation) {}

    /** Receives a sentence about the adapter that holds for all candidates. */
    default void warn(String sentence) {}
}

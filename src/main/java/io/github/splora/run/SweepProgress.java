package io.github.splora.run;

import io.github.splora.sweep.Trial;

/** Told of each candidate when it has been tried. */
public interface SweepProgress {

    /** Says nothing. */
    SweepProgress SILENT = (trial, atMost) -> {};

    /** @param atMost how many there will be, at most */
    void tried(Trial trial, int atMost);
}

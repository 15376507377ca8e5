package io.github.splora.cli;

import java.util.Locale;

/** Formats durations for people. */
final class Durations {

    private Durations() {}

    /** Returns {@code 30 s}, {@code 2:05 min} or {@code 1:30 h}. */
    static String of(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? String.format(Locale.ROOT, "%d:%02d min", seconds / 60, seconds % 60)
                        : String.format(Locale.ROOT, "%d:%02d h", seconds / 3600, seconds / 60 % 60);
    }
}

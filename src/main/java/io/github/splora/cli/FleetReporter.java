package io.github.splora.cli;

import io.github.splora.fleet.LedgerEntry;
import io.github.splora.run.FleetProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** Reports the progress of a run over many adapters: a line every ten seconds. */
final class FleetReporter implements FleetProgress {

    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final boolean isQuiet;
    private final PrintWriter err;
    private final long started = System.nanoTime();
    private long told = started;
    private int adapters;
    private int skipped;
    private int judged;

    FleetReporter(boolean isQuiet, PrintWriter err) {
        this.isQuiet = isQuiet;
        this.err = err;
    }

    @Override
    public void found(int count) {
        adapters = count;
    }

    @Override
    public void skipped() {
        skipped++;
    }

    @Override
    public void judged(LedgerEntry entry) {
        judged++;
        long now = System.nanoTime();
        if (isQuiet || now - told < INTERVAL_NANOS) {
            return;
        }
        told = now;
        double perSecond = judged / ((now - started) / 1e9);
        long left = Math.round((adapters - skipped - judged) / perSecond);
        err.println(String.format(
                Locale.ROOT,
                "splora: %d of %d adapters judged, %.1f per second, %s left",
                skipped + judged,
                adapters,
                perSecond,
                Durations.of(left)));
        err.flush();
    }
}

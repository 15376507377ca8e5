package io.github.splora.cli;

import io.github.splora.error.Printable;
import io.github.splora.run.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows scoring progress on a terminal: one line that is redrawn at most ten times a second and erased at the end.
 */
final class ProgressBar implements Progress {

    private static final int WIDTH = 24;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String LINE_START = "\r";
    private static final String CLEAR_REST = "\u001b[K";

    private final PrintWriter err;
    private final LongSupplier nanoTime;
    private int modules;
    private int done;
    private long bytes;
    private long bytesDone;
    private long started;
    private long drawn;
    private String walking = "";

    ProgressBar(PrintWriter err) {
        this(err, System::nanoTime);
    }

    /** Uses the caller's clock. */
    ProgressBar(PrintWriter err, LongSupplier nanoTime) {
        this.err = err;
        this.nanoTime = nanoTime;
    }

    @Override
    public void begin(int moduleCount, long byteCount) {
        modules = moduleCount;
        bytes = byteCount;
        started = nanoTime.getAsLong();
        draw(started);
    }

    @Override
    public void moduleDone(long moduleBytes) {
        done++;
        walking = "";
        bytesDone += moduleBytes;
        long now = nanoTime.getAsLong();
        if (now - drawn > REDRAW_NANOS || done == modules) {
            draw(now);
        }
    }

    @Override
    public void moduleWalked(String module, int walks) {
        walking = walks + " walks over " + Printable.text(module);
        long now = nanoTime.getAsLong();
        if (now - drawn > REDRAW_NANOS) {
            draw(now);
        }
    }

    @Override
    public void end() {
        err.print(LINE_START + CLEAR_REST);
        err.flush();
    }

    /** Overwrites the old line and clears only what remains of it, so the line never flickers. */
    private void draw(long now) {
        drawn = now;
        double share = bytes == 0 ? 1 : (double) bytesDone / bytes;
        int filled = (int) (share * WIDTH);
        err.print(LINE_START + "scoring [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/"
                + modules + (bytesDone == 0 ? "" : pace((now - started) / 1e9))
                + (walking.isEmpty() ? "" : "  " + walking) + CLEAR_REST);
        err.flush();
    }

    private String pace(double seconds) {
        double rate = bytesDone / Math.max(seconds, 1e-3);
        return "  " + size((long) rate) + "/s  " + Durations.of(Math.round((bytes - bytesDone) / rate)) + " left";
    }

    private static String size(long count) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double value = count;
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}

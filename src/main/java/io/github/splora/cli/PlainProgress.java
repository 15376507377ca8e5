package io.github.splora.cli;

import io.github.splora.error.Printable;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.run.Progress;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * Reports progress where there is no terminal: a line every 30 seconds, and one as soon as a module takes many walks over its
 * weights. A short run says nothing.
 */
final class PlainProgress implements Progress {

    /** The property is set by programs that follow the progress. */
    private static final long INTERVAL_NANOS = 1_000_000 * Long.getLong("splora.progress.millis", 30_000);

    private final PrintWriter err;
    private final LongSupplier nanoTime;
    private int modules;
    private int done;
    private long bytes;
    private long bytesDone;
    private long started;
    private long told;
    private boolean isSlow;

    PlainProgress(PrintWriter err) {
        this(err, System::nanoTime);
    }

    /** Uses the caller's clock. */
    PlainProgress(PrintWriter err, LongSupplier nanoTime) {
        this.err = err;
        this.nanoTime = nanoTime;
    }

    @Override
    public void begin(int moduleCount, long byteCount) {
        modules = moduleCount;
        bytes = byteCount;
        done = 0;
        bytesDone = 0;
        isSlow = false;
        started = nanoTime.getAsLong();
        told = started;
    }

    @Override
    public void moduleDone(long moduleBytes) {
        done++;
        bytesDone += moduleBytes;
        if (done < modules) {
            tell("");
        }
    }

    @Override
    public void moduleWalked(String module, int walks) {
        if (!isSlow) {
            isSlow = true;
            told = nanoTime.getAsLong() - INTERVAL_NANOS;
            tell("; module '" + Printable.text(module) + "' takes more than " + ModuleScorer.MANY_WALKS
                    + " walks over its weights (docs/performance.md lists the options that do)");
        } else {
            tell("; " + walks + " walks over module '" + Printable.text(module) + "'");
        }
    }

    private void tell(String detail) {
        long now = nanoTime.getAsLong();
        if (now - told < INTERVAL_NANOS) {
            return;
        }
        told = now;
        double rate = bytesDone / Math.max((now - started) / 1e9, 1e-3);
        String left = bytesDone == 0 ? "" : ", " + Durations.of(Math.round((bytes - bytesDone) / rate)) + " left";
        err.println("splora: " + done + " of " + modules + " modules measured" + left + detail);
        err.flush();
    }
}

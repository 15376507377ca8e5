package io.github.splora.cli;

import io.github.splora.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows on standard error how scoring gets on: one line that is rewritten on a terminal, a plain line elsewhere. */
final class ProgressBar implements Progress {

  private static final int WIDTH = 24;
  private static final long REDRAW_NANOS = 100_000_000;
  private static final String BACK_TO_LINE_START_AND_CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean isInteractive;
  private int modules;
  private int done;
  private long bytes;
  private long bytesDone;
  private long started;
  private long drawn;

  ProgressBar(PrintWriter err, boolean isInteractive) {
    this.err = err;
    this.isInteractive = isInteractive;
  }

  @Override
  public void begin(int moduleCount, long byteCount) {
    modules = moduleCount;
    bytes = byteCount;
    started = System.nanoTime();
    if (!isInteractive) {
      err.println("splora: scoring " + modules + " modules, " + size(bytes) + " of weights");
      err.flush();
    }
  }

  @Override
  public void moduleDone(long moduleBytes) {
    done++;
    bytesDone += moduleBytes;
    long now = System.nanoTime();
    if (isInteractive && (now - drawn > REDRAW_NANOS || done == modules)) {
      drawn = now;
      draw((now - started) / 1e9);
    }
  }

  @Override
  public void end() {
    if (isInteractive) {
      err.print(BACK_TO_LINE_START_AND_CLEAR);
      err.flush();
    }
  }

  private void draw(double seconds) {
    double share = bytes == 0 ? 1 : (double) bytesDone / bytes;
    int filled = (int) Math.round(share * WIDTH);
    double rate = bytesDone / Math.max(seconds, 1e-3);
    err.print(BACK_TO_LINE_START_AND_CLEAR + "scoring [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] "
        + done + "/" + modules + "  " + size((long) rate) + "/s  "
        + String.format(Locale.ROOT, "%.0f s left", (bytes - bytesDone) / Math.max(rate, 1)));
    err.flush();
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

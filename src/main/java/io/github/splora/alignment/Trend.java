package io.github.splora.alignment;

/**
 * A sequence that settles, watched by its changes from step to step. Their ratio q, a mean over the last five since single ones
 * go up and down, tells how much is still to come, as if they went on in geometric progression: {@code change · q/(1 − q)}.
 */
final class Trend {

  private static final int STEPS = 5;
  /** Of a sequence that seems to end at once, as much as the last change may come again. */
  private static final double LEAST_FACTOR = 1;
  private static final double LARGEST_RATIO = 0.95;

  /** The latest ones, by turns. */
  private final double[] changes = new double[STEPS + 1];
  private int count;
  private double ratio = 1;

  /** Takes the change that the latest step made. */
  void add(double change) {
    changes[count++ % changes.length] = change;
    int back = Math.min(STEPS, count - 1);
    double earlier = changes[(count - 1 - back) % changes.length];
    ratio = back == 0 ? LARGEST_RATIO
        : earlier == 0 ? 0 : Math.min(LARGEST_RATIO, Math.pow(change / earlier, 1.0 / back));
  }

  /** q; that of a sequence which hardly settles, before there are two changes. */
  double ratio() {
    return ratio;
  }

  /** An estimate of what all further steps would change; infinite before the first change. */
  double remaining() {
    return count == 0 ? Double.POSITIVE_INFINITY
        : changes[(count - 1) % changes.length] * Math.max(LEAST_FACTOR, ratio / (1 - ratio));
  }
}

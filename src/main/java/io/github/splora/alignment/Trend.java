package io.github.splora.alignment;

/**
 * A sequence that settles, watched by its changes from step to step. Their ratio q, the mean of the last two, tells how much is
 * still to come, as if they went on in geometric progression: {@code change · q/(1 − q)}.
 */
final class Trend {

  /** Of a sequence that seems to end at once, the last change is worth at least this. */
  private static final double LEAST_FACTOR = 0.5;
  private static final double LARGEST_RATIO = 0.95;

  private double last = Double.POSITIVE_INFINITY;
  private double beforeLast = Double.POSITIVE_INFINITY;
  private double remaining = Double.POSITIVE_INFINITY;

  /** Takes the change that the latest step made. */
  void add(double change) {
    double ratio = Double.isFinite(beforeLast) ? Math.sqrt(change / beforeLast) : change / last;
    double q = change == 0 ? 0 : Math.min(LARGEST_RATIO, ratio);
    remaining = change * Math.max(LEAST_FACTOR, q / (1 - q));
    beforeLast = last;
    last = change;
  }

  /** An estimate of what all further steps would change; infinite before the first change. */
  double remaining() {
    return remaining;
  }
}

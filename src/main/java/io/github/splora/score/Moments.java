package io.github.splora.score;

import java.util.Arrays;
import java.util.Collection;

/**
 * Centre and spread of a population of distances.
 *
 * @param mean arithmetic mean, {@code E[d]}
 * @param interquartileRange distance between the quartiles, as {@link Quantile} has them
 * @param size number of distances
 */
record Moments(double mean, double interquartileRange, int size) {

  /**
   * Differences below this share of the mean are rounding, not spread: scores divided by them would be noise.
   */
  private static final double ROUNDING = 1e-12;

  /** @param distances at least one */
  static Moments of(Collection<Double> distances) {
    double[] sorted = distances.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double mean = Arrays.stream(sorted).sum() / sorted.length;
    return new Moments(mean, Quantile.of(sorted, 0.75) - Quantile.of(sorted, 0.25), sorted.length);
  }

  /** Whether the distances differ by more than rounding, so that they can be standardised. */
  boolean hasSpread() {
    return interquartileRange > ROUNDING * Math.abs(mean);
  }
}

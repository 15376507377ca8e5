package io.github.splora.score;

/** How a population's moments are estimated. */
public record Estimators(Centre centre, Spread spread) {

  /** Mean and interquartile range. */
  public static final Estimators DEFAULT = new Estimators(Centre.MEAN, Spread.IQR);
}

package io.github.splora.statistics;

/** How a population's moments are estimated. */
public record Estimators(Center center, Spread spread) {

    /** Mean and interquartile range. */
    public static final Estimators DEFAULT = new Estimators(Center.MEAN, Spread.IQR);
}

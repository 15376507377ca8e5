package io.github.splora.statistics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Estimators of how far a population's distances lie apart, by the names that {@code --spread} takes. */
public enum Spread {
    /** Distance between the quartiles, as {@link Quantile} has them. */
    IQR("iqr", 1.3489795003921634, sorted -> Quantile.of(sorted, 0.75) - Quantile.of(sorted, 0.25)),
    /** Standard deviation with n − 1; 0 of a single distance. */
    STD("std", 1, Spread::deviation);

    private final String label;
    private final double ofStandardNormal;
    private final ToDoubleFunction<double[]> estimator;

    Spread(String label, double ofStandardNormal, ToDoubleFunction<double[]> estimator) {
        this.label = label;
        this.ofStandardNormal = ofStandardNormal;
        this.estimator = estimator;
    }

    public double of(double[] sorted) {
        return estimator.applyAsDouble(sorted);
    }

    /** What it is of a normal distribution. */
    public double ofNormal(double standardDeviation) {
        return ofStandardNormal * standardDeviation;
    }

    private static double deviation(double[] sorted) {
        double mean = Center.MEAN.of(sorted);
        double squares = Arrays.stream(sorted).map(d -> (d - mean) * (d - mean)).sum();
        return sorted.length == 1 ? 0 : Math.sqrt(squares / (sorted.length - 1));
    }

    @Override
    public String toString() {
        return label;
    }
}

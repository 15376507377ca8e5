package io.github.splora.statistics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Estimators of the spread of a population's distances, as named by {@code --spread}. */
public enum Spread {
    /** Interquartile range, with quartiles as {@link Quantile} computes them. */
    IQR("iqr", 1.3489795003921634, sorted -> Quantile.of(sorted, 0.75) - Quantile.of(sorted, 0.25)),
    /** Sample standard deviation (divided by n − 1); 0 for a single distance. */
    STD("std", 1, Spread::deviation);

    private final String label;
    private final double ofStandardNormal;
    private final ToDoubleFunction<double[]> estimator;

    Spread(String label, double ofStandardNormal, ToDoubleFunction<double[]> estimator) {
        this.label = label;
        this.ofStandardNormal = ofStandardNormal;
        this.estimator = estimator;
    }

    /** @param sorted distances in ascending order, at least one */
    public double of(double[] sorted) {
        return estimator.applyAsDouble(sorted);
    }

    /** Returns this spread for a normal distribution with the given standard deviation. */
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

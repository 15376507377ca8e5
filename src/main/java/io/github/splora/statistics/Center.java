package io.github.splora.statistics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** Estimators of a population's expected distance, as named by {@code --center}. */
public enum Center {
    MEAN("mean", sorted -> Arrays.stream(sorted).sum() / sorted.length),
    MEDIAN("median", sorted -> Quantile.of(sorted, 0.5));

    private final String label;
    private final ToDoubleFunction<double[]> estimator;

    Center(String label, ToDoubleFunction<double[]> estimator) {
        this.label = label;
        this.estimator = estimator;
    }

    /** @param sorted distances in ascending order, at least one */
    public double of(double[] sorted) {
        return estimator.applyAsDouble(sorted);
    }

    @Override
    public String toString() {
        return label;
    }
}

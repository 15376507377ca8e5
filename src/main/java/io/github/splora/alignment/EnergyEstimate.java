package io.github.splora.alignment;

import java.util.function.DoubleUnaryOperator;

/**
 * Estimates {@code Σ g(σ²)} over all singular values of V, g(0) = 0, from one Krylov space. Converged Ritz pairs are counted
 * exactly. The random columns of the starting block estimate the rest: Ritz values, weighted with the squared components of the
 * random columns, are a quadrature of the spectral density. The number of the remaining squares and their sum are known exactly.
 * So g is fitted by {@code α + βx} (least squares in the quadrature's weights), and the sum of the fit over the rest is known.
 *
 * <p>Source: Ubaru, Chen, Saad, "Fast estimation of tr(f(A)) via stochastic Lanczos quadrature", SIAM J. Matrix Anal. Appl. 38
 * (2017); Meyer, Musco, Musco, Woodruff, "Hutch++", SOSA 2021, for the exact part.
 */
final class EnergyEstimate {

    /** Largest relative residual of a Ritz pair that counts as converged. */
    private static final double CONVERGED = 0.01;
    /** Values this close to each other, relatively, may be one multiple eigenvalue. */
    private static final double SAME = 0.01;

    private static final double ROUNDING = 1e-9;
    /** Share of ‖V‖² that may be missing because products are rounded to float32. */
    private static final double NEGLIGIBLE = 1e-6;

    private final double[] values;
    private final boolean[] isConverged;
    private final double[] weights;
    private final double count;
    private final double total;
    private final double rest;

    /**
     * @param space whose starting block ends with columns of independent standard normal deviates
     * @param randomColumns how many
     * @param total {@code ‖V‖²}
     */
    EnergyEstimate(BlockLanczos space, int randomColumns, double total) {
        RitzPairs pairs = space.ritz(space.settledSteps());
        this.values = pairs.values();
        this.total = total;
        this.weights = weights(pairs, randomColumns);
        boolean[] converged = converged(space.residuals(pairs), space.blockColumns());
        double left = total - sum(converged);
        if (left > NEGLIGIBLE * total && !isAnyWeightLeft(converged)) {
            // A block shows at most as many copies of a multiple eigenvalue as it has columns: use the quadrature
            // alone.
            converged = new boolean[values.length];
            left = total;
        }
        this.isConverged = converged;
        this.rest = Math.max(0, left);
        int exact = 0;
        for (boolean is : isConverged) {
            exact += is ? 1 : 0;
        }
        this.count = space.size() - exact;
    }

    /** Returns the share of ‖V‖² that the random columns estimate, in [0, 1]; the error is proportional to it. */
    double uncertainShare() {
        return rest / total;
    }

    /**
     * Returns the estimate of {@code Σ g(σ²)}.
     *
     * @param g with {@code 0 ≤ g(x) ≤ x}
     */
    double sumOf(DoubleUnaryOperator g) {
        double exact = 0;
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double g0 = 0;
        double g1 = 0;
        // In units of the largest value, for sums of similar size.
        double unit = values[0];
        for (int i = 0; i < values.length; i++) {
            double y = g.applyAsDouble(values[i]);
            if (isConverged[i]) {
                exact += y;
            } else {
                double x = values[i] / unit;
                s0 += weights[i];
                s1 += weights[i] * x;
                s2 += weights[i] * x * x;
                g0 += weights[i] * y;
                g1 += weights[i] * x * y;
            }
        }
        if (s1 <= 0) {
            return exact;
        }
        double determinant = s0 * s2 - s1 * s1;
        double estimate = determinant > ROUNDING * s0 * s2
                ? ((g0 * s2 - g1 * s1) * count + (g1 * s0 - g0 * s1) * (rest / unit)) / determinant
                : g0 / s1 * (rest / unit);
        return exact + Math.min(rest, Math.max(0, estimate));
    }

    private static double[] weights(RitzPairs pairs, int randomColumns) {
        int columns = pairs.start().columns();
        double[] weights = new double[pairs.values().length];
        for (int i = 0; i < weights.length; i++) {
            for (int j = columns - randomColumns; j < columns; j++) {
                weights[i] += pairs.start().at(i, j) * pairs.start().at(i, j) / randomColumns;
            }
        }
        return weights;
    }

    private boolean[] converged(double[] residuals, int blockColumns) {
        boolean[] converged = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            converged[i] = residuals[i] < CONVERGED * values[i] && alike(i) < blockColumns;
        }
        return converged;
    }

    /** Returns the number of values that agree with one up to {@link #SAME}, itself included. */
    private int alike(int i) {
        int first = i;
        while (first > 0 && values[first - 1] - values[i] <= SAME * values[i]) {
            first--;
        }
        int end = i + 1;
        while (end < values.length && values[i] - values[end] <= SAME * values[i]) {
            end++;
        }
        return end - first;
    }

    private double sum(boolean[] chosen) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += chosen[i] ? values[i] : 0;
        }
        return sum;
    }

    private boolean isAnyWeightLeft(boolean[] converged) {
        double all = 0;
        double left = 0;
        for (int i = 0; i < values.length; i++) {
            all += weights[i] * values[i];
            left += converged[i] ? 0 : weights[i] * values[i];
        }
        return left > ROUNDING * all;
    }
}

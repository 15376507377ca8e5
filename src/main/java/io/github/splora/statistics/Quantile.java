package io.github.splora.statistics;

/**
 * Quantiles by linear interpolation between order statistics: type 7 of Hyndman and Fan (1996), the default of R, NumPy
 * and torch.quantile.
 */
public final class Quantile {

    private Quantile() {}

    /**
     * Returns the {@code p}-quantile.
     *
     * @param sorted values in ascending order, at least one
     * @param p in [0, 1]
     */
    public static double of(double[] sorted, double p) {
        double position = p * (sorted.length - 1);
        int below = (int) Math.floor(position);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}

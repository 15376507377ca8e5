package io.github.splora.report;

import io.github.splora.statistics.Quantile;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The range of scores that is worth drawing: all of them, but no farther out than one and a half interquartile ranges
 * beyond the quartiles (a box plot's whiskers), so that one outlier does not make all the others look alike.
 *
 * @param low lower end
 * @param high upper end; above {@code low}
 * @param clipped whether a score lies outside
 */
public record ScoreScale(double low, double high, boolean clipped) {

    /** How many levels {@link #level} knows. */
    public static final int LEVELS = 10;

    private static final double WHISKER = 1.5;

    /** The scale for some scores. One of width 1 around the score if all are the same, or around 0 if there are none. */
    public static ScoreScale of(Collection<Double> scores) {
        double[] sorted =
                scores.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            return new ScoreScale(-0.5, 0.5, false);
        }
        double least = sorted[0];
        double most = sorted[sorted.length - 1];
        double lowerQuartile = Quantile.of(sorted, 0.25);
        double upperQuartile = Quantile.of(sorted, 0.75);
        double reach = WHISKER * (upperQuartile - lowerQuartile);
        // The outermost scores within reach, as a box plot has it; without spread there is no telling what is far out.
        double low = reach == 0
                ? least
                : Arrays.stream(sorted)
                        .filter(s -> s >= lowerQuartile - reach)
                        .min()
                        .orElse(least);
        double high = reach == 0
                ? most
                : Arrays.stream(sorted)
                        .filter(s -> s <= upperQuartile + reach)
                        .max()
                        .orElse(most);
        return high > low
                ? new ScoreScale(low, high, low > least || high < most)
                : new ScoreScale(low - 0.5, low + 0.5, false);
    }

    /** The scale for the rows that have a score. */
    public static ScoreScale ofRows(List<ModuleRow> rows) {
        return of(rows.stream().map(ModuleRow::score).filter(Objects::nonNull).toList());
    }

    /** Where a score lies, from 0 at the lower end or below to 1 at the upper end or above. */
    public double share(double score) {
        return Math.min(1, Math.max(0, (score - low) / (high - low)));
    }

    /** The tenth of the scale that a score lies in, from 0 to 9. */
    public int level(double score) {
        return Math.min(LEVELS - 1, (int) (share(score) * LEVELS));
    }
}

package io.github.splora.report;

import io.github.splora.statistics.Quantile;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The range of scores to draw: all scores up to 1.5 interquartile ranges beyond the quartiles (a box plot's whiskers),
 * so that one outlier does not make all the others look alike.
 *
 * @param low lower end
 * @param high upper end; greater than {@code low}
 * @param clipped whether a score lies outside
 */
public record ScoreScale(double low, double high, boolean clipped) {

    /** Number of levels of {@link #level}. */
    public static final int LEVELS = 10;

    private static final double WHISKER = 1.5;

    /** Returns the scale for scores. If all are equal, it has width 1 around them; if there are none, around 0. */
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
        // The outermost scores within reach, as in a box plot. Without spread, no score counts as an outlier.
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

    /** Returns the scale for the rows that have a score. */
    public static ScoreScale ofRows(List<ModuleRow> rows) {
        return of(rows.stream().map(ModuleRow::score).filter(Objects::nonNull).toList());
    }

    /** Returns the scale from the lowest to the highest score of the rows, outliers included. */
    static ScoreScale wholeOf(List<ModuleRow> rows) {
        double[] scores = rows.stream()
                .map(ModuleRow::score)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return scores.length == 0 || scores[0] == scores[scores.length - 1]
                ? ofRows(rows)
                : new ScoreScale(scores[0], scores[scores.length - 1], false);
    }

    /** Returns the position of a score, from 0 (at the lower end or below) to 1 (at the upper end or above). */
    public double share(double score) {
        return Math.min(1, Math.max(0, (score - low) / (high - low)));
    }

    /** Returns the tenth of the scale that contains a score, from 0 to 9. */
    public int level(double score) {
        return Math.min(LEVELS - 1, (int) (share(score) * LEVELS));
    }
}

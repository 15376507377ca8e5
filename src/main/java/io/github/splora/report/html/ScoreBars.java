package io.github.splora.report.html;

import io.github.splora.report.ModuleRow;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bars beside the scores in the table: as long as the scores, from 0 to the right for positive scores and to the left for
 * negative ones.
 *
 * @param low the lowest score, or 0 if none is negative
 * @param high the highest score, or 0 if none is positive
 */
record ScoreBars(double low, double high) {

    private static final double WIDTH = 40;
    /** So that a bar of a small score can be seen. */
    private static final double LEAST = 0.5;

    /** A bar's left edge and width. */
    record Bar(String x, String width) {}

    static ScoreBars of(List<ModuleRow> rows) {
        List<Double> scores =
                rows.stream().map(ModuleRow::score).filter(Objects::nonNull).toList();
        return new ScoreBars(
                scores.stream().mapToDouble(score -> Math.min(0, score)).min().orElse(0),
                scores.stream().mapToDouble(score -> Math.max(0, score)).max().orElse(0));
    }

    /** Returns the bar of a score; an empty bar for null. */
    Bar bar(@Nullable Double score) {
        if (score == null) {
            return new Bar("0", "0");
        }
        double zero = share(0);
        double end = share(score);
        return new Bar(
                Axis.coordinate(Math.min(WIDTH - LEAST, Math.min(zero, end))),
                Axis.coordinate(Math.max(LEAST, Math.abs(end - zero))));
    }

    /** Halves avoid an overflow. */
    private double share(double score) {
        double range = high / 2 - low / 2;
        return range == 0 ? 0 : WIDTH * ((score / 2 - low / 2) / range);
    }
}

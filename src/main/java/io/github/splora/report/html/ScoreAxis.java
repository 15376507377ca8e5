package io.github.splora.report.html;

import io.github.splora.report.RemovalCurve;
import io.github.splora.report.ScoreScale;
import io.github.splora.select.Ranking.Unit;
import io.github.splora.select.SelectionRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The score axis that both charts share: the scale of the scores, widened a little if the cut is just outside, and
 * divided into bins so that the cut falls between two of them.
 *
 * @param axis the axis, from the first bin's lower edge to the last bin's upper edge
 * @param bins number of bins
 * @param clipped whether scores lie beyond an end
 * @param cut scores above it are selected; null if nothing was selected by score
 */
record ScoreAxis(Axis axis, int bins, boolean clipped, @Nullable Double cut) {

    private static final int FEWEST = 8;
    private static final int MOST = 32;

    static ScoreAxis of(RemovalCurve curve, SelectionRule rule, double start, double end) {
        List<Double> scores = curve.units().stream().map(Unit::score).toList();
        ScoreScale scale = ScoreScale.of(scores);
        Double cut = rule.isByScore() ? cut(curve, rule) : null;
        double reach = (scale.high() - scale.low()) / 2;
        boolean isNear = cut != null && cut > scale.low() - reach && cut < scale.high() + reach;
        double low = cut != null && isNear ? Math.min(scale.low(), cut) : scale.low();
        double high = cut != null && isNear ? Math.max(scale.high(), cut) : scale.high();
        int bins = Math.min(MOST, Math.max(FEWEST, (int) Math.ceil(1.5 * Math.sqrt(scores.size()))));
        double width = (high - low) / bins;
        // Leave half a bin below, or enough to put the cut on an edge.
        double first = cut != null && isNear ? cut - Math.ceil((cut - low) / width + 0.01) * width : low - width / 2;
        return new ScoreAxis(new Axis(first, first + (bins + 2) * width, start, end), bins + 2, scale.clipped(), cut);
    }

    double binWidth() {
        return (axis.high() - axis.low()) / bins;
    }

    double edge(int bin) {
        return axis.low() + bin * binWidth();
    }

    /** Returns the bin of a score. A bin includes its upper edge, since a score equal to the cut is kept. */
    int bin(double score) {
        double place = Math.ceil((score - axis.low()) / binWidth() - 1e-9) - 1;
        return (int) Math.min(bins - 1, Math.max(0, place));
    }

    private static @Nullable Double cut(RemovalCurve curve, SelectionRule rule) {
        if (rule instanceof SelectionRule.Above above) {
            return above.limit();
        }
        Double between = curve.steps().get(curve.chosen()).threshold();
        // In a tie, no cut separates the equal scores: draw it at their value.
        return between == null && curve.chosen() > 0
                ? Double.valueOf(curve.units().get(curve.chosen() - 1).score())
                : between;
    }
}

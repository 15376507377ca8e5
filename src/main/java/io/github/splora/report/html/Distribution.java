package io.github.splora.report.html;

import io.github.splora.report.Figures;
import io.github.splora.report.RemovalCurve;
import io.github.splora.select.Ranking.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of the scores.
 *
 * @param bars the bars, from left to right
 * @param cut the threshold; null if there is none
 */
record Distribution(List<Bar> bars, List<Axis.Tick> scoreTicks, List<Axis.Tick> countTicks, @Nullable Cut cut) {

    static final int LEFT = 44;
    static final int RIGHT = 436;
    static final int TOP = 30;
    static final int BOTTOM = 214;

    /** The scores in one bin: selected scores are stacked on kept ones. */
    record Bar(String x, String width, Part kept, Part pruned, String range, int keptCount, int prunedCount) {}

    /** The upper edge and height of a rectangle. */
    record Part(String y, String height) {}

    /** The line that marks the threshold. */
    record Cut(String x, String label, boolean isRight) {

        static @Nullable Cut of(ScoreAxis scores) {
            if (scores.cut() == null) {
                return null;
            }
            double cut = scores.cut();
            Axis axis = scores.axis();
            String beyond = cut < axis.low() ? "← " : cut > axis.high() ? "→ " : "";
            return new Cut(
                    axis.at(cut), beyond + "cut at " + Figures.number(cut), cut < (axis.low() + axis.high()) / 2);
        }
    }

    static Distribution of(RemovalCurve curve, ScoreAxis scores) {
        int[] kept = new int[scores.bins()];
        int[] pruned = new int[scores.bins()];
        for (int place = 0; place < curve.units().size(); place++) {
            Unit unit = curve.units().get(place);
            (place < curve.chosen() ? pruned : kept)[scores.bin(unit.score())]++;
        }
        int most = 1;
        for (int bin = 0; bin < scores.bins(); bin++) {
            most = Math.max(most, kept[bin] + pruned[bin]);
        }
        Axis counts = new Axis(0, most, BOTTOM, TOP);
        List<Bar> bars = new ArrayList<>();
        for (int bin = 0; bin < scores.bins(); bin++) {
            if (kept[bin] + pruned[bin] > 0) {
                bars.add(bar(bin, kept[bin], pruned[bin], scores, counts));
            }
        }
        return new Distribution(bars, scores.axis().ticks(), whole(counts.ticks()), Cut.of(scores));
    }

    /** Keeps only the ticks at whole numbers, since the axis shows a count. */
    static List<Axis.Tick> whole(List<Axis.Tick> ticks) {
        return ticks.stream().filter(tick -> !tick.label().contains(".")).toList();
    }

    private static Bar bar(int bin, int kept, int pruned, ScoreAxis scores, Axis counts) {
        double width = (scores.axis().end() - scores.axis().start()) / scores.bins();
        return new Bar(
                Axis.coordinate(scores.axis().start() + bin * width + 0.5),
                Axis.coordinate(width - 1),
                part(0, kept, counts),
                part(kept, kept + pruned, counts),
                Figures.number(scores.edge(bin)) + " to " + Figures.number(scores.edge(bin + 1)),
                kept,
                pruned);
    }

    private static Part part(int from, int to, Axis counts) {
        double height = (to - from) * (counts.start() - counts.end()) / counts.high();
        return new Part(counts.at(to), Axis.coordinate(height));
    }
}

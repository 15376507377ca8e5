package io.github.splora.report.html;

import io.github.splora.report.html.Axis.Tick;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A chart of usefulness against harm, with the Pareto front. There is one for wide windows and one for narrow ones, which shows
 * the same at a size that can be read.
 *
 * @param shape {@code wide} or {@code narrow}; the style shows the one that fits
 * @param right x coordinate of the right end of the axes; the others are those of the other edges
 * @param axisEnd y coordinate of the ends of the marks on the horizontal axis
 * @param tickLine y coordinate of their labels
 */
record SweepChart(
        String shape,
        int width,
        int height,
        int left,
        int right,
        int top,
        int bottom,
        int axisEnd,
        int tickLine,
        int tickEdge,
        List<Tick> useTicks,
        List<Tick> harmTicks,
        List<Point> points,
        String frontPath) {

    /** The largest value that an axis reaches, so that no difference overflows. */
    private static final double LARGEST = 1e307;
    /** The least room on an axis, as a share of its values: less would be lost beside them. */
    private static final double ROUNDING = 1e-6;

    private static final int BELOW = 50;

    /** A candidate; {@code label} is null where there is no room for its number. */
    record Point(String x, String y, String kind, String title, @Nullable Label label) {}

    /** A candidate's number beside its point; {@code anchor} is the class of its alignment. */
    record Label(String x, String y, String anchor, int number) {}

    /** The plane in which charts are drawn. */
    private record Frame(String shape, int width, int height, int left, int right, int top) {}

    private static final List<Frame> FRAMES =
            List.of(new Frame("wide", 660, 410, 60, 620, 24), new Frame("narrow", 360, 380, 40, 344, 24));

    /** Returns the charts of the candidates that were judged. */
    static List<SweepChart> of(SweepReport report, List<Trial> judged) {
        return FRAMES.stream().map(frame -> of(report, judged, frame)).toList();
    }

    private static SweepChart of(SweepReport report, List<Trial> judged, Frame frame) {
        int bottom = frame.height() - BELOW;
        Axis use = axis(judged, report.maximize(), frame.left(), frame.right());
        Axis harm = axis(judged, report.minimize(), bottom, frame.top());
        return new SweepChart(
                frame.shape(),
                frame.width(),
                frame.height(),
                frame.left(),
                frame.right(),
                frame.top(),
                bottom,
                bottom + 6,
                bottom + 20,
                frame.left() - 8,
                use.ticks(),
                harm.ticks(),
                points(report, judged, use, harm, frame),
                front(report, judged, use, harm, frame));
    }

    /**
     * Returns an axis from 0 to 1 if all values lie in there, else from the least to the greatest value with a margin.
     */
    private static Axis axis(List<Trial> judged, String figure, double start, double end) {
        double low = judged.stream()
                .mapToDouble(trial -> figure(trial, figure))
                .min()
                .orElse(0);
        double high = judged.stream()
                .mapToDouble(trial -> figure(trial, figure))
                .max()
                .orElse(1);
        if (low >= 0 && high <= 1) {
            return new Axis(0, 1, start, end);
        }
        double first = Math.max(low, -LARGEST);
        double last = Math.min(high, LARGEST);
        double rounding = ROUNDING * Math.max(Math.abs(first), Math.abs(last));
        double room = Math.max(rounding, last > first ? (last - first) / 20 : 1);
        return new Axis(Math.min(first, LARGEST) - room, Math.max(last, -LARGEST) + room, start, end);
    }

    private static List<Point> points(SweepReport report, List<Trial> judged, Axis use, Axis harm, Frame frame) {
        List<Trial> drawn =
                judged.stream().filter(trial -> trial.sameAs() == null).toList();
        ChartLabels labels = new ChartLabels(frame.width(), frame.height());
        drawn.forEach(trial -> labels.addPoint(x(report, trial, use), y(report, trial, harm)));
        Map<Trial, @Nullable Label> placed = new HashMap<>();
        // The candidates that matter choose their places first.
        drawn.stream()
                .sorted(Comparator.comparing((Trial trial) -> !isWinner(report, trial))
                        .thenComparing(trial -> trial.number() != 0)
                        .thenComparing(trial -> !trial.onFront())
                        .thenComparing(Trial::number))
                .forEach(trial -> placed.put(
                        trial,
                        labels.place(
                                x(report, trial, use),
                                y(report, trial, harm),
                                trial.number(),
                                !kind(report, trial).equals("other"))));
        List<Point> points = new ArrayList<>();
        for (Trial trial : drawn) {
            points.add(new Point(
                    Axis.coordinate(x(report, trial, use)),
                    Axis.coordinate(y(report, trial, harm)),
                    kind(report, trial),
                    trial.number() + ": " + report.minimize() + " " + text(figure(trial, report.minimize())) + ", "
                            + report.maximize() + " " + text(figure(trial, report.maximize())) + ", " + trial.origin(),
                    placed.get(trial)));
        }
        return points;
    }

    private static double x(SweepReport report, Trial trial, Axis use) {
        return Double.parseDouble(use.at(figure(trial, report.maximize())));
    }

    private static double y(SweepReport report, Trial trial, Axis harm) {
        return Double.parseDouble(harm.at(figure(trial, report.minimize())));
    }

    /** Returns the front as a staircase: no candidate lies below and to the right of it. */
    private static String front(SweepReport report, List<Trial> judged, Axis use, Axis harm, Frame frame) {
        List<Trial> front = judged.stream()
                .filter(Trial::onFront)
                .sorted(Comparator.comparingDouble((Trial trial) -> figure(trial, report.maximize())))
                .toList();
        StringBuilder path = new StringBuilder();
        for (Trial trial : front) {
            String x = use.at(figure(trial, report.maximize()));
            String y = harm.at(figure(trial, report.minimize()));
            path.append(path.isEmpty() ? "M" + frame.left() + " " + y : "V" + y)
                    .append("H")
                    .append(x);
        }
        return path.isEmpty() ? "" : path + "V" + frame.top();
    }

    private static double figure(Trial trial, String name) {
        return Objects.requireNonNull(trial.figures().get(name), name);
    }

    static String kind(SweepReport report, Trial trial) {
        return isWinner(report, trial) ? "winner" : trial.number() == 0 ? "start" : trial.onFront() ? "front" : "other";
    }

    static boolean isWinner(SweepReport report, Trial trial) {
        return Integer.valueOf(trial.number()).equals(report.winner());
    }

    static String text(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}

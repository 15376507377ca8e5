package io.github.splora.report.html;

import io.github.splora.report.html.Axis.Tick;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The data that the template {@code sweep.html} shows: a chart of usefulness against harm with the front, and a table.
 *
 * @param figures names of the figures, as headings
 * @param isEvaluated whether there is a chart
 */
public record SweepPage(
        SweepReport report,
        String policy,
        String style,
        String conclusion,
        boolean isEvaluated,
        List<Tick> useTicks,
        List<Tick> harmTicks,
        List<Point> points,
        String frontPath,
        Set<String> figures,
        List<Row> rows) {

    /** The largest value that an axis reaches, so that no difference overflows. */
    private static final double LARGEST = 1e307;
    /** The least room on an axis, as a share of its values: less would be lost beside them. */
    private static final double ROUNDING = 1e-6;

    private static final double LEFT = 60;
    private static final double RIGHT = 620;
    private static final double TOP = 24;
    private static final double BOTTOM = 360;

    /** A candidate in the chart. */
    record Point(String x, String y, int number, String kind, String title, String labelX) {}

    /** A candidate in the table. */
    record Row(int number, String mark, int modules, List<String> figures, String options, String note, String kind) {}

    /** Returns a sweep as one self-contained HTML page. */
    public static String write(SweepReport report) {
        String style = Template.resource("report.css") + Template.resource("sweep.css");
        return Template.fill("sweep.html", of(report, Template.policy(style, ""), style));
    }

    private static SweepPage of(SweepReport report, String policy, String style) {
        List<Trial> judged = report.trials().stream()
                .filter(trial -> trial.failure() == null
                        && trial.figures().containsKey(report.minimize())
                        && trial.figures().containsKey(report.maximize()))
                .toList();
        Axis use = axis(judged, report.maximize(), LEFT, RIGHT);
        Axis harm = axis(judged, report.minimize(), BOTTOM, TOP);
        return new SweepPage(
                report,
                policy,
                style,
                report.conclusion(),
                !judged.isEmpty(),
                use.ticks(),
                harm.ticks(),
                points(report, judged, use, harm),
                front(report, judged, use, harm),
                report.figures(),
                report.trials().stream().map(trial -> row(report, trial)).toList());
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

    private static List<Point> points(SweepReport report, List<Trial> judged, Axis use, Axis harm) {
        List<Point> points = new ArrayList<>();
        for (Trial trial : judged) {
            if (trial.sameAs() == null) {
                double x = figure(trial, report.maximize());
                double y = figure(trial, report.minimize());
                points.add(new Point(
                        use.at(x),
                        harm.at(y),
                        trial.number(),
                        kind(report, trial),
                        trial.number() + ": " + report.minimize() + " " + text(y) + ", " + report.maximize() + " "
                                + text(x) + ", " + trial.origin(),
                        Axis.coordinate(Double.parseDouble(use.at(x)) + 8)));
            }
        }
        return points;
    }

    /** Returns the front as a staircase: no candidate lies below and to the right of it. */
    private static String front(SweepReport report, List<Trial> judged, Axis use, Axis harm) {
        List<Trial> front = judged.stream()
                .filter(Trial::onFront)
                .sorted(Comparator.comparingDouble((Trial trial) -> figure(trial, report.maximize())))
                .toList();
        StringBuilder path = new StringBuilder();
        for (Trial trial : front) {
            String x = use.at(figure(trial, report.maximize()));
            String y = harm.at(figure(trial, report.minimize()));
            path.append(path.isEmpty() ? "M" + Axis.coordinate(LEFT) + " " + y : "V" + y)
                    .append("H")
                    .append(x);
        }
        return path.isEmpty() ? "" : path + "V" + Axis.coordinate(TOP);
    }

    private static double figure(Trial trial, String name) {
        return Objects.requireNonNull(trial.figures().get(name), name);
    }

    private static Row row(SweepReport report, Trial trial) {
        return new Row(
                trial.number(),
                isWinner(report, trial) ? "best" : trial.onFront() ? "front" : "",
                trial.selected(),
                report.figures().stream()
                        .map(name -> trial.figures().containsKey(name)
                                ? text(trial.figures().get(name))
                                : "-")
                        .collect(Collectors.toList()),
                trial.options().isEmpty() ? "(" + trial.origin() + ")" : trial.origin(),
                trial.note(),
                kind(report, trial));
    }

    private static String kind(SweepReport report, Trial trial) {
        return isWinner(report, trial) ? "winner" : trial.number() == 0 ? "start" : trial.onFront() ? "front" : "other";
    }

    private static boolean isWinner(SweepReport report, Trial trial) {
        return Integer.valueOf(trial.number()).equals(report.winner());
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}

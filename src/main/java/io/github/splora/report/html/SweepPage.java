package io.github.splora.report.html;

import io.github.splora.report.InputName;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The data that the template {@code sweep.html} shows: a chart of usefulness against harm with the front, and a table.
 *
 * @param title the adapter's name
 * @param path the adapter as the user gave it; null if that is its name
 * @param charts the chart, in several shapes; empty if nothing was evaluated
 * @param heldBack the figures on held-back prompts; null if there are none
 * @param figures names of the figures, as headings
 */
public record SweepPage(
        SweepReport report,
        String policy,
        String style,
        String title,
        @Nullable String path,
        String conclusion,
        List<SweepChart> charts,
        @Nullable HeldBackSection heldBack,
        Set<String> figures,
        List<Row> rows) {

    /** A candidate in the table. An option is not broken into two lines. */
    record Row(
            int number,
            String mark,
            int modules,
            List<String> figures,
            List<String> options,
            String note,
            String kind) {}

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
        String name = InputName.of(report.adapter());
        return new SweepPage(
                report,
                policy,
                style,
                name,
                name.equals(report.adapter()) ? null : report.adapter(),
                report.conclusion(),
                judged.isEmpty() ? List.of() : SweepChart.of(report, judged),
                HeldBackSection.of(report),
                report.figures(),
                report.trials().stream().map(trial -> row(report, trial)).toList());
    }

    /** Whether there is a chart. */
    boolean isEvaluated() {
        return !charts.isEmpty();
    }

    private static Row row(SweepReport report, Trial trial) {
        return new Row(
                trial.number(),
                SweepChart.isWinner(report, trial) ? "best" : trial.onFront() ? "front" : "",
                trial.selected(),
                report.figures().stream()
                        .map(name -> trial.figures().containsKey(name)
                                ? SweepChart.text(trial.figures().get(name))
                                : "-")
                        .collect(Collectors.toList()),
                trial.options().isEmpty()
                        ? List.of("(" + trial.origin() + ")")
                        : List.of(trial.origin().split(" (?=--)")),
                trial.note(),
                SweepChart.kind(report, trial));
    }
}

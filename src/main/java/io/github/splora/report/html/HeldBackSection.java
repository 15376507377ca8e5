package io.github.splora.report.html;

import io.github.splora.report.HeldBackText;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.SweepReport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a sweep's page that compares the figures on held-back prompts with those that the best candidate was selected on.
 *
 * @param sentence the result in a sentence
 * @param command the command that printed the figures on held-back prompts
 * @param figures names of the figures, as headings
 */
record HeldBackSection(String sentence, String command, Set<String> figures, List<Line> lines) {

    /** The figures of an adapter on one set of prompts. */
    record Line(String adapter, String prompts, List<String> figures) {}

    /** Returns the part for a sweep; null if nothing was evaluated on held-back prompts. */
    static @Nullable HeldBackSection of(SweepReport report) {
        Confirmation found = report.confirmation();
        Integer winner = report.winner();
        if (found == null || winner == null) {
            return null;
        }
        Set<String> names = new LinkedHashSet<>(report.figures());
        names.addAll(found.figures().keySet());
        List<Line> lines = new ArrayList<>();
        if (winner != 0) {
            String best = "best candidate, " + winner;
            lines.add(new Line(
                    best,
                    "selected on",
                    texts(names, report.trials().get(winner).figures())));
            lines.add(new Line(best, "held back", texts(names, found.figures())));
        }
        lines.add(new Line(
                "unchanged adapter",
                "selected on",
                texts(names, report.trials().get(0).figures())));
        lines.add(new Line("unchanged adapter", "held back", texts(names, found.unchanged())));
        return new HeldBackSection(
                HeldBackText.refusal(report)
                        .map(Page::capitalized)
                        .orElse(
                                report.hasConditions()
                                        ? "The best candidate meets every condition on held-back prompts"
                                        : "There was no condition to meet on held-back prompts"),
                found.command(),
                names,
                lines);
    }

    private static List<String> texts(Set<String> names, Map<String, Double> figures) {
        return names.stream()
                .map(name -> figures.containsKey(name) ? SweepChart.text(figures.get(name)) : "-")
                .toList();
    }
}

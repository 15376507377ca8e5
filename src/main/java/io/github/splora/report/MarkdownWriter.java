package io.github.splora.report;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Writes a comment for a pull request: the most important facts first, the long table folded. */
final class MarkdownWriter implements ReportWriter {

    /** The most rows that the visible table shows; the folded table has them all. */
    private static final int MOST_ROWS = 20;

    @Override
    public String write(RunReport report) {
        RunReport.Summary summary = report.summary();
        return "### splora: " + Sentences.selected(report)
                + "\n\n"
                + Markdown.text(Sentences.method(report)) + "\n\n"
                + verdict(report)
                + figures(summary)
                + Sentences.directions(report)
                        .map(sentence -> "\n" + Markdown.text(sentence) + "\n")
                        .orElse("")
                + effects(report)
                + highest(report)
                + warnings(report.warnings())
                + "\n<details>\n<summary>" + all(summary.modules()) + "</summary>\n\n"
                + Markdown.table(report, report.modules())
                + "\n</details>\n\n"
                + origin(report)
                + "\n" + Markdown.CAVEAT + "\n";
    }

    private static String all(int modules) {
        return modules == 1 ? "The module" : "All " + modules + " modules";
    }

    private static String figures(RunReport.Summary summary) {
        return Markdown.line(List.of(
                        "modules",
                        "scored",
                        "to prune",
                        "highest score",
                        "highest score kept",
                        "share of norm(ΔW)² to prune"))
                + Markdown.line(List.of("---:", "---:", "---:", "---:", "---:", "---:"))
                + Markdown.line(List.of(
                        String.valueOf(summary.modules()),
                        String.valueOf(summary.scored()),
                        summary.pruned() + " (" + Figures.percent(summary.prunedFraction()) + ")",
                        Figures.number(summary.maxScore()),
                        Figures.number(summary.maxKeptScore()),
                        Figures.percent(summary.prunedDeltaShare())));
    }

    private static String highest(RunReport report) {
        List<ModuleRow> pruned = Markdown.pruned(report);
        if (pruned.isEmpty()) {
            return "";
        }
        int left = pruned.size() - MOST_ROWS;
        return "\n" + Markdown.table(report, pruned.stream().limit(MOST_ROWS).toList())
                + (left > 0 ? "\n… and " + left + " more, see below.\n" : "");
    }

    /** The result of each gate, with the modules because of which it failed. */
    private static String verdict(RunReport report) {
        if (report.verdict() == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (Verdict.Gate gate : report.verdict().gates()) {
            text.append(gate.passed() ? "- " : "- **").append(Markdown.text(gate.message()));
            text.append(gate.passed() ? "\n" : "**\n");
            gate.modules().stream().limit(MOST_ROWS).forEach(name -> text.append("  - ")
                    .append(Markdown.code(name))
                    .append('\n'));
            if (gate.modules().size() > MOST_ROWS) {
                text.append("  - and ")
                        .append(gate.modules().size() - MOST_ROWS)
                        .append(" more\n");
            }
        }
        return text.append('\n').toString();
    }

    private static String effects(RunReport report) {
        if (report.effects().isEmpty()) {
            return "";
        }
        int left = report.effects().size() - MOST_ROWS;
        return "\nChanges the model, not scored ("
                + Markdown.text(Sentences.judged(report).orElse("")) + "):\n\n"
                + Markdown.line(List.of("change", "kind", "norm"))
                + Markdown.line(List.of(":---", ":---", "---:"))
                + report.effects().stream()
                        .limit(MOST_ROWS)
                        .map(effect -> Markdown.line(List.of(
                                Markdown.code(effect.name()),
                                Markdown.text(effect.kind()),
                                Figures.number(effect.norm()))))
                        .collect(Collectors.joining())
                + (left > 0 ? "\n… and " + left + " more; the JSON report has them all.\n" : "");
    }

    private static String warnings(List<String> warnings) {
        StringBuilder text = new StringBuilder();
        warnings.forEach(warning ->
                text.append("\n> **Warning:** ").append(Markdown.text(warning)).append('\n'));
        return text.toString();
    }

    private static String origin(RunReport report) {
        RunReport.Inputs inputs = report.inputs();
        return "splora " + Markdown.text(report.tool().version())
                + ", base " + Markdown.code(inputs.base().path())
                + ", aligned " + Markdown.code(inputs.aligned().path())
                + (inputs.adapter() == null
                        ? ", merged " + Markdown.code(inputs.subject()) + " (fingerprint "
                                + Markdown.code(
                                        Objects.requireNonNull(inputs.adapted()).fingerprint()) + ")\n"
                        : ", adapter " + Markdown.code(inputs.subject()) + " (SHA-256 "
                                + Markdown.code(inputs.adapter().sha256()) + ")\n");
    }
}

package io.github.splora.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                + figures(report)
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
                + written(report)
                + "\n" + Markdown.CAVEAT + "\n";
    }

    private static String all(int modules) {
        return modules == 1 ? "The module" : "All " + modules + " modules";
    }

    private static String figures(RunReport report) {
        RunReport.Summary summary = report.summary();
        ActionWords words = ActionWords.of(report);
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("modules", String.valueOf(summary.modules()));
        figures.put("scored", String.valueOf(summary.scored()));
        figures.put(words.selected(), summary.pruned() + " (" + Figures.percent(summary.prunedFraction()) + ")");
        figures.put("highest score", Figures.number(summary.maxScore()));
        if (summary.maxKeptScore() != null || words.removes()) {
            figures.put("highest score kept", Figures.number(summary.maxKeptScore()));
        }
        if (words.removes()) {
            figures.put("share of norm(ΔW)² " + words.selected(), Figures.percent(summary.prunedDeltaShare()));
        } else {
            Sentences.correctedShare(report)
                    .ifPresent(share -> figures.put("norm(ΔW)² afterwards", Figures.percent(share) + " of before"));
        }
        return Markdown.line(List.copyOf(figures.keySet()))
                + Markdown.line(Collections.nCopies(figures.size(), "---:"))
                + Markdown.line(List.copyOf(figures.values()));
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

    private static String written(RunReport report) {
        return Origins.choice(report)
                        .map(choice -> "\nChosen: " + Markdown.text(choice) + "\n")
                        .orElse("")
                + Origins.history(report).stream()
                        .map(step -> "\nBefore: " + Markdown.text(step) + "\n")
                        .collect(Collectors.joining())
                + Origins.written(report).stream()
                        .limit(MOST_ROWS)
                        .map(file -> "\nWritten: " + Markdown.code(file.name()) + ", SHA-256 "
                                + Markdown.code(file.sha256()) + "\n")
                        .collect(Collectors.joining());
    }

    private static String origin(RunReport report) {
        RunReport.Inputs inputs = report.inputs();
        return "splora " + Markdown.text(report.tool().version())
                + Origins.created(report)
                        .map(time -> ", " + Markdown.text(time))
                        .orElse("")
                + ", base " + Markdown.code(inputs.base().path())
                + commit(inputs.base())
                + ", aligned " + Markdown.code(inputs.aligned().path())
                + commit(inputs.aligned())
                + (inputs.adapter() == null
                        ? ", merged " + Markdown.code(inputs.subject()) + " (fingerprint "
                                + Markdown.code(
                                        Objects.requireNonNull(inputs.adapted()).fingerprint()) + ")\n"
                        : ", adapter " + Markdown.code(inputs.subject()) + " (SHA-256 "
                                + Markdown.code(inputs.adapter().sha256()) + ")\n");
    }

    private static String commit(RunReport.CheckpointInput checkpoint) {
        return checkpoint.commit() == null ? "" : " (commit " + Markdown.code(checkpoint.commit()) + ")";
    }
}

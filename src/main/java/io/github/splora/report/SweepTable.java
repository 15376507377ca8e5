package io.github.splora.report;

import io.github.splora.error.Printable;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a sweep as a table for a terminal, a spreadsheet or a pull request. */
public final class SweepTable {

    private SweepTable() {}

    /** Returns aligned columns in ASCII. {@code *} marks the front, {@code !} the best candidate. */
    public static String plain(SweepReport report) {
        List<List<String>> rows = rows(report, true);
        int last = rows.get(0).size() - 1;
        return TextTable.of(rows, Set.of(1, last - 1, last)) + "\n" + Printable.line(report.conclusion()) + "\n"
                + HeldBackText.summary(report)
                        .map(line -> Printable.line(line) + "\n")
                        .orElse("");
    }

    /** Returns a Markdown table for a pull request. */
    public static String markdown(SweepReport report) {
        List<List<String>> rows = rows(report, true);
        List<String> lines = new ArrayList<>(rows.stream()
                .map(row -> Markdown.line(row.stream().map(Markdown::line).toList()))
                .toList());
        lines.add(1, Markdown.line(Collections.nCopies(rows.get(0).size(), "---")));
        return "### splora sweep\n\n" + Markdown.line(report.conclusion()) + "\n\n"
                + HeldBackText.summary(report)
                        .map(line -> Markdown.line(line) + "\n\n")
                        .orElse("")
                + String.join("", lines);
    }

    /** Returns CSV (RFC 4180) with all digits. */
    public static String csv(SweepReport report) {
        return rows(report, false).stream().map(row -> Csv.line(row.stream())).collect(Collectors.joining());
    }

    private static List<List<String>> rows(SweepReport report, boolean isForPeople) {
        UnaryOperator<String> text = isForPeople ? Printable::text : Csv::text;
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("number", "mark", "modules"));
        report.figures().forEach(name -> header.add(text.apply(name)));
        header.add("options");
        header.add("note");
        List<String> heldBack = isForPeople ? List.of() : heldBack(report);
        heldBack.forEach(name -> header.add(text.apply("held_back_" + name)));
        rows.add(header);
        for (Trial trial : report.trials()) {
            List<String> row = new ArrayList<>();
            row.add(String.valueOf(trial.number()));
            row.add(mark(trial, report));
            row.add(String.valueOf(trial.selected()));
            report.figures().forEach(name -> row.add(figure(trial.figures().get(name), isForPeople)));
            row.add(trial.options().isEmpty() ? text.apply("(" + trial.origin() + ")") : text.apply(trial.origin()));
            row.add(text.apply(trial.note()));
            heldBack.forEach(name -> row.add(figure(heldBack(report, trial).get(name), false)));
            rows.add(row);
        }
        return rows;
    }

    /** Returns the names of the figures on held-back prompts. */
    private static List<String> heldBack(SweepReport report) {
        return report.confirmation() == null
                ? List.of()
                : List.copyOf(report.confirmation().figures().keySet());
    }

    /** Returns a candidate's figures on held-back prompts: only the best one and the unchanged adapter have any. */
    private static Map<String, Double> heldBack(SweepReport report, Trial trial) {
        Confirmation found = report.confirmation();
        if (found == null) {
            return Map.of();
        }
        return Integer.valueOf(trial.number()).equals(report.winner())
                ? found.figures()
                : trial.number() == 0 ? found.unchanged() : Map.of();
    }

    private static String mark(Trial trial, SweepReport report) {
        return Integer.valueOf(trial.number()).equals(report.winner()) ? "!" : trial.onFront() ? "*" : "";
    }

    private static String figure(@Nullable Double value, boolean isForPeople) {
        if (value == null) {
            return isForPeople ? "-" : "";
        }
        if (!isForPeople) {
            return value.toString();
        }
        boolean isWhole = value == Math.rint(value) && Math.abs(value) >= 2 && Math.abs(value) < 1e9;
        return String.format(Locale.ROOT, isWhole ? "%.0f" : "%.4g", value);
    }
}

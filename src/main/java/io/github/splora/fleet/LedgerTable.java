package io.github.splora.fleet;

import io.github.splora.error.Printable;
import io.github.splora.gate.Gate;
import io.github.splora.report.Csv;
import io.github.splora.report.Figures;
import io.github.splora.report.Markdown;
import io.github.splora.report.TableLayout;
import io.github.splora.report.TextTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a ledger as a table for a terminal, a spreadsheet or a pull request. */
public final class LedgerTable {

    /** Number of adapters shown on a terminal unless the user wants all. */
    private static final int MOST_ROWS = 10;
    /** Shortest forms of a name and of reasons in a narrow terminal. */
    private static final int SHORTEST = 20;

    private static final int GAP = 2;

    private static final String CUT = "...";

    private LedgerTable() {}

    /** Returns aligned columns in ASCII, below a summary. On a terminal, only the first adapters are shown. */
    public static String plain(LedgerReport report, TableLayout layout) {
        List<LedgerEntry> shown = layout.isWhole()
                ? report.entries()
                : report.entries().stream().limit(MOST_ROWS).toList();
        List<List<String>> rows =
                layout.width() > 0 ? fitting(report, shown, layout.width()) : rows(report.shownFigures(), shown);
        int left = report.entries().size() - shown.size();
        return Printable.line(report.conclusion()) + "\n"
                + (shown.isEmpty() ? "" : "\n" + TextTable.of(rows, texts(rows)))
                + (left == 0 ? "" : CUT + " " + left + " more; --all-rows shows them\n")
                + hidden(report);
    }

    /** Says that a filter leaves adapters out, lest anybody take the rest for all. */
    private static String hidden(LedgerReport report) {
        int hidden = report.adapters() - report.entries().size();
        return hidden == 0
                ? ""
                : "\n" + hidden + " of " + report.adapters() + " adapters are not listed: they do not match\n";
    }

    /** Returns a Markdown table for a pull request. */
    public static String markdown(LedgerReport report) {
        List<List<String>> rows = rows(report.shownFigures(), report.entries());
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(Markdown.line(
                    lines.isEmpty()
                            ? row
                            : IntStream.range(0, row.size())
                                    .mapToObj(i -> i == 0 ? Markdown.code(row.get(i)) : Markdown.text(row.get(i)))
                                    .toList()));
        }
        lines.add(1, Markdown.line(Collections.nCopies(rows.get(0).size(), "---")));
        return "### splora fleet\n\n" + Markdown.line(report.conclusion()) + "\n\n" + String.join("", lines)
                + hidden(report);
    }

    /** Returns CSV (RFC 4180) with all figures and all digits. */
    public static String csv(LedgerReport report) {
        Stream<String> header = Stream.of(
                        Stream.of("adapter", "verdict"),
                        Gate.figures().stream(),
                        Stream.of("reasons", "warnings", "repaired", "created", "version"))
                .flatMap(each -> each);
        return Csv.line(header)
                + report.entries().stream().map(LedgerTable::csv).collect(Collectors.joining());
    }

    private static String csv(LedgerEntry entry) {
        return Csv.line(Stream.of(
                        Stream.of(Csv.text(entry.adapter()), entry.verdict()),
                        Gate.figures().stream()
                                .map(name -> Objects.toString(
                                        entry.figures() == null ? null : Gate.figure(name, entry.figures()), "")),
                        Stream.of(
                                Csv.text(String.join("; ", entry.reasons())),
                                Csv.text(String.join("; ", entry.warnings())),
                                Csv.text(Objects.requireNonNullElse(entry.repaired(), "")),
                                Csv.text(entry.created()),
                                Csv.text(entry.version())))
                .flatMap(each -> each));
    }

    private static List<List<String>> rows(List<String> figures, List<LedgerEntry> entries) {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("adapter", "verdict"));
        header.addAll(figures);
        header.add("reasons");
        rows.add(header);
        for (LedgerEntry entry : entries) {
            List<String> row = new ArrayList<>();
            row.add(Printable.text(entry.adapter()));
            row.add(entry.verdict());
            figures.forEach(name -> row.add(figure(entry, name)));
            row.add(Printable.line(String.join("; ", entry.reasons())));
            rows.add(row);
        }
        return rows;
    }

    /** Returns a figure for people. */
    public static String figure(LedgerEntry entry, String name) {
        Number number = entry.figures() == null ? null : Gate.figure(name, entry.figures());
        return number instanceof Integer ? number.toString() : Figures.number(asDouble(number));
    }

    private static @Nullable Double asDouble(@Nullable Number number) {
        return number == null ? null : Double.valueOf(number.doubleValue());
    }

    private static Set<Integer> texts(List<List<String>> rows) {
        return Set.of(0, 1, rows.get(0).size() - 1);
    }

    /** Leaves out the last figures, cuts names at their beginning and reasons at their end, so that lines fit. */
    private static List<List<String>> fitting(LedgerReport report, List<LedgerEntry> entries, int width) {
        List<String> figures = new ArrayList<>(report.shownFigures());
        List<List<String>> rows = rows(figures, entries);
        while (figures.size() > 1 && middle(rows) + 2 * SHORTEST + GAP > width) {
            figures.remove(figures.size() - 1);
            rows = rows(figures, entries);
        }
        int rest = width - middle(rows) - GAP;
        int longest = width(rows, 0);
        int name = Math.max(SHORTEST, Math.min(longest, rest - SHORTEST));
        int reasons = Math.max(SHORTEST, rest - Math.min(name, longest));
        return rows.stream().map(row -> cut(row, name, reasons)).toList();
    }

    /** Width of the columns between names and reasons, with the gaps before them. */
    private static int middle(List<List<String>> rows) {
        return IntStream.range(1, rows.get(0).size() - 1)
                .map(column -> GAP + width(rows, column))
                .sum();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static List<String> cut(List<String> row, int name, int reasons) {
        List<String> cut = new ArrayList<>(row);
        String adapter = row.get(0);
        if (adapter.length() > name) {
            cut.set(0, CUT + adapter.substring(adapter.length() - name + CUT.length()));
        }
        String why = row.get(row.size() - 1);
        if (why.length() > reasons) {
            cut.set(row.size() - 1, why.substring(0, reasons - CUT.length()) + CUT);
        }
        return cut;
    }
}

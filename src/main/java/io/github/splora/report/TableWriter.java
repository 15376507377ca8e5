package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a report for a terminal: first the summary, then what each column means, then the modules. On a terminal, these are the ones
 * with the highest scores, in as many columns as fit.
 */
final class TableWriter implements ReportWriter {

    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";
    private static final int LONGEST_BAR = 8;
    /** Length of the lists below the summary; the JSON document has them in full. */
    private static final int MOST_LINES = 20;
    /** Number of modules shown unless the user wants all. */
    private static final int MOST_ROWS = 10;
    /** Shortest form of a module's name in a narrow terminal. */
    private static final int SHORTEST_NAME = 20;

    private static final String GAP = "  ";
    private static final String CUT = "...";

    private final TableLayout layout;

    TableWriter(TableLayout layout) {
        this.layout = layout;
    }

    @Override
    public String write(RunReport report) {
        StringBuilder text = new StringBuilder();
        paragraph(Printable.line(Sentences.conclusion(report)), text);
        Sentences.directions(report).ifPresent(sentence -> paragraph(sentence, text));
        verdict(report, text);
        effects(report, text);
        List<ModuleRow> rows = rows(report);
        List<Column> columns = fitting(columns(report), rows);
        text.append('\n');
        paragraph(legend(columns), text);
        text.append('\n');
        table(columns, rows, text);
        rest(report, rows, text);
        return text.toString();
    }

    private void table(List<Column> columns, List<ModuleRow> rows, StringBuilder text) {
        List<Integer> widths =
                columns.stream().map(column -> width(column, rows)).toList();
        text.append(line(columns, Column::title, widths)).append('\n');
        for (ModuleRow row : rows) {
            String line = line(columns, column -> column.cell().apply(row), widths);
            text.append(layout.color() && row.goes() ? RED + line + PLAIN : line)
                    .append('\n');
        }
    }

    /** Returns the modules to show: all, or those with the highest scores, the highest first. */
    private List<ModuleRow> rows(RunReport report) {
        return layout.isWhole() || report.modules().size() <= MOST_ROWS
                ? report.modules()
                : report.modules().stream()
                        .sorted(Comparator.comparing(ModuleRow::score, Comparator.nullsLast(Comparator.reverseOrder())))
                        .limit(MOST_ROWS)
                        .toList();
    }

    private static void rest(RunReport report, List<ModuleRow> shown, StringBuilder text) {
        int left = report.modules().size() - shown.size();
        if (left > 0) {
            long selected = report.summary().pruned()
                    - shown.stream().filter(ModuleRow::goes).count();
            text.append(CUT + " " + left + " more"
                    + (selected == 0
                            ? ""
                            : " (" + selected + " of them "
                                    + ActionWords.of(report).selected() + ")")
                    + "; --all-rows shows them\n");
        }
    }

    private static String legend(List<Column> columns) {
        return columns.stream()
                .filter(column -> !column.meaning().isEmpty())
                .map(column -> column.title() + ": " + column.meaning())
                .collect(Collectors.joining("; "));
    }

    /** Appends a text, broken between words where the terminal ends. */
    private void paragraph(String words, StringBuilder text) {
        if (layout.width() == 0) {
            text.append(words).append('\n');
            return;
        }
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > layout.width()) {
                text.append(line).append('\n');
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        text.append(line).append('\n');
    }

    /** Returns the columns for which the terminal has room, and shortens names if that is not enough. */
    private List<Column> fitting(List<Column> all, List<ModuleRow> rows) {
        List<Column> columns = new ArrayList<>(all);
        while (layout.width() > 0 && total(columns, rows) > layout.width()) {
            Optional<Column> next =
                    columns.stream().filter(column -> column.rank() > 0).max(Comparator.comparingInt(Column::rank));
            if (next.isEmpty()) {
                Column names = columns.get(0);
                int room = Math.max(SHORTEST_NAME, width(names, rows) - (total(columns, rows) - layout.width()));
                columns.set(
                        0,
                        new Column(
                                names.title(),
                                false,
                                0,
                                "",
                                row -> shortened(names.cell().apply(row), room)));
                break;
            }
            columns.remove(next.get());
        }
        return columns;
    }

    private static int total(List<Column> columns, List<ModuleRow> rows) {
        return columns.stream().mapToInt(column -> width(column, rows)).sum() + GAP.length() * (columns.size() - 1);
    }

    /** Returns the end of a name, which says most. */
    private static String shortened(String name, int room) {
        return name.length() <= room ? name : CUT + name.substring(name.length() - (room - CUT.length()));
    }

    private static void effects(RunReport report, StringBuilder text) {
        Sentences.judged(report).ifPresent(sentence -> text.append("\nchanges the model, not scored (")
                .append(sentence)
                .append("):\n"));
        list(
                report.effects().stream()
                        .map(effect -> Printable.text(effect.name()) + "  " + Printable.text(effect.kind()) + "  |dW| "
                                + Figures.number(effect.norm()))
                        .toList(),
                text);
    }

    private static void verdict(RunReport report, StringBuilder text) {
        if (report.verdict() == null) {
            return;
        }
        text.append('\n');
        report.verdict().gates().forEach(gate -> {
            text.append(Printable.text(gate.message())).append('\n');
            if (gate.modules().size() > Verdict.MOST_NAMES) {
                list(gate.modules().stream().map(Printable::text).toList(), text);
            }
        });
    }

    /** Appends the first lines of a list, indented. */
    private static void list(List<String> lines, StringBuilder text) {
        lines.stream()
                .limit(MOST_LINES)
                .forEach(line -> text.append("  ").append(line).append('\n'));
        if (lines.size() > MOST_LINES) {
            text.append("  and ").append(lines.size() - MOST_LINES).append(" more\n");
        }
    }

    private static int width(Column column, List<ModuleRow> rows) {
        int widest = rows.stream()
                .mapToInt(row -> column.cell().apply(row).length())
                .max()
                .orElse(0);
        return Math.max(column.title().length(), widest);
    }

    /** Adds a bar beside the score if there is color. Without color, the columns stay as scripts expect them. */
    private List<Column> columns(RunReport report) {
        List<Column> columns = new ArrayList<>(Column.ALL);
        ActionWords words = ActionWords.of(report);
        if (words.isDone()) {
            columns.set(columns.size() - 1, new Column("decision", false, row -> Printable.text(words.decision(row))));
        }
        if (layout.color()) {
            ScoreScale scale = ScoreScale.wholeOf(report.modules());
            int score = columns.stream().map(Column::title).toList().indexOf("score");
            columns.add(score + 1, new Column("", false, 2, "", row -> bar(row.score(), scale)));
        }
        return columns;
    }

    private static String bar(@Nullable Double score, ScoreScale scale) {
        return score == null ? "" : "#".repeat((int) Math.round(scale.share(score) * LONGEST_BAR));
    }

    private static String line(List<Column> columns, Function<Column, String> text, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String cell = text.apply(columns.get(i));
            String padding = " ".repeat(widths.get(i) - cell.length());
            line.append(columns.get(i).isNumber() ? padding + cell : cell + padding)
                    .append(GAP);
        }
        return line.toString().stripTrailing();
    }
}

package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes an aligned table for a terminal. */
final class TableWriter implements ReportWriter {

    private static final String RED = "\u001b[31m";
    private static final int LONGEST_BAR = 8;
    /** Length of the lists below the table; the JSON document has them in full. */
    private static final int MOST_LINES = 20;

    private static final String PLAIN = "\u001b[0m";

    private final boolean color;

    TableWriter(boolean color) {
        this.color = color;
    }

    @Override
    public String write(RunReport report) {
        List<Column> columns = columns(report);
        List<Integer> widths =
                columns.stream().map(column -> width(column, report.modules())).toList();
        StringBuilder text = new StringBuilder();
        text.append(line(columns, Column::title, widths)).append('\n');
        for (ModuleRow row : report.modules()) {
            String line = line(columns, column -> column.cell().apply(row), widths);
            text.append(color && row.goes() ? RED + line + PLAIN : line).append('\n');
        }
        text.append('\n').append(Printable.line(Sentences.conclusion(report))).append('\n');
        Sentences.directions(report).ifPresent(sentence -> text.append(sentence).append('\n'));
        effects(report, text);
        verdict(report, text);
        return text.toString();
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
        if (color) {
            ScoreScale scale = ScoreScale.wholeOf(report.modules());
            int score = columns.stream().map(Column::title).toList().indexOf("score");
            columns.add(score + 1, new Column("", false, row -> bar(row.score(), scale)));
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
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }
}

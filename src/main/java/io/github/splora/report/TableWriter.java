package io.github.splora.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes an aligned table for a terminal. */
final class TableWriter implements ReportWriter {

    private static final String RED = "\u001b[31m";
    private static final int LONGEST_BAR = 8;
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
        return text.append('\n')
                .append(Sentences.conclusion(report))
                .append('\n')
                .toString();
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
            ScoreScale scale = ScoreScale.ofRows(report.modules());
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

package io.github.splora.report;

import java.util.List;

/** An aligned table for a terminal. */
final class TableWriter implements ReportWriter {

  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final boolean colour;

  TableWriter(boolean colour) {
    this.colour = colour;
  }

  @Override
  public String write(RunReport report) {
    List<Integer> widths = Columns.ALL.stream().map(column -> width(column, report.modules())).toList();
    StringBuilder text = new StringBuilder();
    text.append(line(Columns.ALL.stream().map(Columns::title).toList(), widths)).append('\n');
    for (ModuleRow row : report.modules()) {
      String line = line(Columns.ALL.stream().map(column -> column.cell().apply(row)).toList(), widths);
      text.append(colour && row.goes() ? RED + line + PLAIN : line).append('\n');
    }
    return text.append('\n').append(Columns.conclusion(report)).append('\n').toString();
  }

  private static int width(Columns column, List<ModuleRow> rows) {
    int widest = rows.stream().mapToInt(row -> column.cell().apply(row).length()).max().orElse(0);
    return Math.max(column.title().length(), widest);
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String padding = " ".repeat(widths.get(i) - cells.get(i).length());
      line.append(Columns.ALL.get(i).isNumber() ? padding + cells.get(i) : cells.get(i) + padding).append("  ");
    }
    return line.toString().stripTrailing();
  }
}

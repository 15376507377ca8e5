package io.github.splora.report;

import java.util.List;
import java.util.stream.Collectors;

/** A table for a pull request or a model card. */
final class MarkdownWriter implements ReportWriter {

  @Override
  public String write(RunReport report) {
    StringBuilder text = new StringBuilder();
    text.append(line(Columns.ALL.stream().map(Columns::title).toList()));
    text.append(line(Columns.ALL.stream().map(column -> column.isNumber() ? "---:" : ":---").toList()));
    report.modules().forEach(row ->
        text.append(line(Columns.ALL.stream().map(column -> column.cell().apply(row)).toList())));
    return text.append('\n').append(Columns.conclusion(report)).append(".\n").toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}

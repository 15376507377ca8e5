package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Writes tables and text in GitHub's Markdown. No name in an adapter can break the markup. */
final class Markdown {

    /** The limits of the score. Stated in every document that a person may act on. */
    static final String CAVEAT =
            "The score is a weight-space statistic: it ranks modules; it does not prove that a model"
                    + " is safe. Evaluate the pruned adapter on your own refusal and task sets before you ship it.";

    private Markdown() {}

    /** Returns the selected modules, highest score first and modules without a score last; ties by name. */
    static List<ModuleRow> pruned(RunReport report) {
        return report.modules().stream()
                .filter(ModuleRow::goes)
                .sorted(Comparator.comparing(ModuleRow::score, Comparator.nullsLast(Comparator.reverseOrder()))
                        .thenComparing(ModuleRow::name))
                .toList();
    }

    /** Returns a table of some of a report's rows. A selected module's decision is named after the action. */
    static String table(RunReport report, List<ModuleRow> rows) {
        List<Column> columns = List.of(
                new Column("module", false, row -> code(row.name())),
                new Column("score", true, row -> Figures.number(row.score())),
                new Column("cosine", true, row -> Figures.number(row.cosine())),
                new Column("norm of ΔW", true, row -> Figures.number(row.deltaNorm())),
                new Column("decision", false, row -> decision(report, row) + ": " + text(row.reason())));
        return line(columns.stream().map(Column::title).toList())
                + line(columns.stream()
                        .map(column -> column.isNumber() ? "---:" : ":---")
                        .toList())
                + rows.stream()
                        .map(row -> line(columns.stream()
                                .map(column -> column.cell().apply(row))
                                .toList()))
                        .collect(Collectors.joining());
    }

    private static String decision(RunReport report, ModuleRow row) {
        return row.goes() ? Sentences.verb(report) : row.decision();
    }

    static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Formats a name as code, on one line. */
    static String code(String name) {
        return "`" + Printable.text(name).replace('`', ' ').replace("|", "\\|") + "`";
    }

    /** Escapes a sentence, and makes it printable. */
    static String text(String sentence) {
        return escaped(Printable.text(sentence));
    }

    /** Escapes printable text of any length. */
    static String escaped(String text) {
        return text.replaceAll("([\\\\`*_|<>\\[\\]])", "\\\\$1");
    }
}

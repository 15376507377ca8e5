package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes tables and text in GitHub's Markdown. No name in an adapter can break the markup. */
public final class Markdown {

    /** The limits of the score. Stated in every document that a person may act on. */
    static final String CAVEAT =
            "The score is a weight-space statistic: it ranks modules; it does not prove that a model"
                    + " is safe. Evaluate the changed adapter on your own refusal and task sets before you ship it.";

    /** What GitHub makes a link or an image of, wherever it stands: {@code @name}, {@code #1}, URLs, hashes, emoji. */
    private static final Pattern LIVE =
            Pattern.compile("@|#\\w|://|\\bwww\\.|(?i:\\bgh-\\d|mailto:|xmpp:)|\\b[0-9a-f]{7,}\\b|:[\\w+-]+:|\\\\");

    /** Characters with a meaning in Markdown. */
    private static final Pattern MARKUP = Pattern.compile("[`*_|<>\\[\\]!~&$#]");

    /** What begins a list or underlines a heading at the start of a line. */
    private static final Pattern BLOCK = Pattern.compile("^(\\d*)([-+=]|[.)](?=\\s|$))");

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
        ActionWords words = ActionWords.of(report);
        List<Column> columns = new ArrayList<>(List.of(
                new Column("module", false, row -> code(row.name())),
                new Column("score", true, row -> Figures.number(row.score())),
                new Column("cosine", true, row -> Figures.number(row.cosine())),
                new Column("norm of ΔW", true, row -> Figures.number(row.deltaNorm()))));
        if (report.hasCorrected()) {
            columns.add(new Column("corrected norm", true, row -> Figures.number(row.correctedNorm())));
            columns.add(new Column("rank", true, row -> row.rankText("→")));
        }
        columns.add(new Column("decision", false, row -> text(words.decision(row) + ": " + row.reason())));
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

    /** Returns a row of a table. */
    public static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Formats a name as code, on one line. Nothing in it acts: no link, mention, reference, image or HTML. */
    public static String code(String name) {
        return inCode(Printable.text(name));
    }

    private static String inCode(String printable) {
        // A marker in code could be taken for one of the model card's.
        String text = printable.strip().replace('`', '\'').replace("|", "\\|").replace("<!--", "< !--");
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    /**
     * Makes a name or a sentence inert. GitHub recognizes mentions, references and addresses in escaped text too, so
     * text that contains any becomes code.
     */
    public static String text(String sentence) {
        return inert(Printable.text(sentence));
    }

    /** Makes a longer text inert, such as one that lists several names. */
    public static String line(String text) {
        return inert(Printable.line(text));
    }

    private static String inert(String printable) {
        String text = printable.strip();
        if (LIVE.matcher(text).find()) {
            return inCode(text);
        }
        String escaped = MARKUP.matcher(text).replaceAll("\\\\$0");
        return BLOCK.matcher(escaped).replaceFirst("$1\\\\$2");
    }
}

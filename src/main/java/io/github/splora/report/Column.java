package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.List;
import java.util.function.Function;

/**
 * A column of a plain-text table, in ASCII.
 *
 * @param title heading
 * @param isNumber whether it is aligned to the right
 * @param rank how soon it is left out where there is no room; 0 for never
 * @param meaning what it says, for the legend; empty if the title does
 * @param cell a row's text
 */
record Column(String title, boolean isNumber, int rank, String meaning, Function<ModuleRow, String> cell) {

    /** A column that is never left out, and that needs no legend. */
    Column(String title, boolean isNumber, Function<ModuleRow, String> cell) {
        this(title, isNumber, 0, "", cell);
    }

    /** The columns of the table in a terminal. */
    static final List<Column> ALL = List.of(
            new Column("module", false, 0, "", row -> Printable.text(row.name())),
            new Column("shape", true, 4, "", row -> row.shapeText("x")),
            new Column("rank", true, 3, "", row -> String.valueOf(row.rank())),
            new Column("score", true, 0, "higher is more misaligned", row -> Figures.number(row.score())),
            new Column("distance", true, 5, "from the reference", row -> Figures.number(row.distance())),
            new Column("cosine", true, 0, "with the reference", row -> Figures.number(row.cosine())),
            new Column("|dW|", true, 1, "norm of the module's delta", row -> Figures.number(row.deltaNorm())),
            new Column("|ref|", true, 6, "norm of the reference", row -> Figures.number(row.referenceNorm())),
            new Column("|V|", true, 7, "norm of the alignment delta", row -> Figures.number(row.alignmentNorm())),
            new Column("decision", false, 0, "", row -> Printable.text(row.decision())));
}

package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.List;
import java.util.function.Function;

/**
 * A column of a plain-text table, in ASCII.
 *
 * @param title heading
 * @param isNumber whether it is aligned to the right
 * @param cell a row's text
 */
record Column(String title, boolean isNumber, Function<ModuleRow, String> cell) {

    /** The columns of the table in a terminal. */
    static final List<Column> ALL = List.of(
            new Column("module", false, row -> Printable.text(row.name())),
            new Column("shape", true, row -> row.shapeText("x")),
            new Column("rank", true, row -> String.valueOf(row.rank())),
            new Column("score", true, row -> Figures.number(row.score())),
            new Column("distance", true, row -> Figures.number(row.distance())),
            new Column("cosine", true, row -> Figures.number(row.cosine())),
            new Column("|dW|", true, row -> Figures.number(row.deltaNorm())),
            new Column("|ref|", true, row -> Figures.number(row.referenceNorm())),
            new Column("|V|", true, row -> Figures.number(row.alignmentNorm())),
            new Column("decision", false, row -> Printable.text(row.decision())));
}

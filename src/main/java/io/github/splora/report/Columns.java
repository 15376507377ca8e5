package io.github.splora.report;

import io.github.splora.error.Printable;
import io.github.splora.surgery.ActionKind;
import java.util.List;
import java.util.function.Function;

/**
 * The columns that a person is shown, in ASCII.
 *
 * @param title heading
 * @param isNumber whether it is set to the right
 * @param cell a row's text
 */
public record Columns(String title, boolean isNumber, Function<ModuleRow, String> cell) {

    public static final List<Columns> ALL = List.of(
            new Columns("module", false, row -> Printable.text(row.name())),
            new Columns("shape", true, row -> row.shapeText("x")),
            new Columns("rank", true, row -> String.valueOf(row.rank())),
            new Columns("score", true, row -> Figures.number(row.score())),
            new Columns("distance", true, row -> Figures.number(row.distance())),
            new Columns("cosine", true, row -> Figures.number(row.cosine())),
            new Columns("|dW|", true, row -> Figures.number(row.deltaNorm())),
            new Columns("|ref|", true, row -> Figures.number(row.referenceNorm())),
            new Columns("|V|", true, row -> Figures.number(row.alignmentNorm())),
            new Columns("decision", false, row -> Printable.text(row.decision())));

    /** One sentence below the table. */
    public static String conclusion(RunReport report) {
        RunReport.Summary summary = report.summary();
        return summary.pruned() + " of " + summary.modules() + " modules to " + verb(report) + " (" + method(report)
                + ")";
    }

    /** What is done to a module whose decision is to prune: its action, if that corrects, else to prune. */
    static String verb(RunReport report) {
        return Labels.find(ActionKind.class, report.parameters().action())
                .filter(ActionKind::corrects)
                .map(ActionKind::toString)
                .orElse("prune");
    }

    /** How scores and decisions were made, in a few words. */
    static String method(RunReport report) {
        RunReport.Parameters parameters = report.parameters();
        String rule = parameters.value() == null
                ? parameters.rule().equals("all") ? "all modules" : "no rule given"
                : (parameters.defaultRule() ? "default rule: " : "")
                        + switch (parameters.rule()) {
                            case "threshold" -> "score above " + parameters.value();
                            case "count" ->
                                "the " + parameters.value().longValue() + " highest " + parameters.granularity()
                                        + " scores";
                            default ->
                                "the highest " + parameters.value() + " of the " + parameters.granularity() + " scores";
                        };
        return Printable.text(report.metric() + ", " + parameters.reference() + ", " + parameters.population() + "; "
                + rule + surgery(parameters));
    }

    /** The figures of an action that corrects. */
    private static String surgery(RunReport.Parameters parameters) {
        return parameters.strength() == null
                ? ""
                : "; " + parameters.action() + " with strength " + parameters.strength()
                        + (parameters.actionEnergy() == null ? "" : ", energy " + parameters.actionEnergy())
                        + (parameters.gain() == null ? "" : ", gain " + parameters.gain());
    }
}

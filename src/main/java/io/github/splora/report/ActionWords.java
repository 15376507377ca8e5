package io.github.splora.report;

import io.github.splora.surgery.ActionKind;

/**
 * How a report speaks of its action: "to repair" before it is done, "repaired" afterwards.
 *
 * @param verb what is done to a selected module, such as "repair"
 * @param participle what was done to it, such as "repaired"
 * @param isDone whether it was done, rather than only computed
 * @param removes whether selected modules have no effect afterwards; false for an action that corrects them
 */
public record ActionWords(String verb, String participle, boolean isDone, boolean removes) {

    /** Returns the words for a report. A report of scores speaks of pruning, which is what its decisions are about. */
    public static ActionWords of(RunReport report) {
        ActionKind action = report.parameters().actionKind().orElse(ActionKind.DROP);
        // Removing what a merged checkpoint adds gives the aligned values.
        boolean isUndone = report.inputs().adapter() == null && action == ActionKind.DROP;
        return new ActionWords(
                isUndone ? "prune" : action.verb(),
                isUndone ? "restored to aligned values" : action.participle(),
                report.wasDone(),
                !action.corrects());
    }

    /** Returns what follows "6 of 24 modules": "to repair" or "repaired". */
    public String selected() {
        return isDone ? participle : "to " + verb;
    }

    /** Returns what follows the modules that are not selected: "to keep" or "kept". */
    public String others() {
        return isDone ? "kept" : "to keep";
    }

    /** Returns the decision on a module in one word, as far as there is one. */
    public String decision(ModuleRow row) {
        if (row.goes()) {
            return isDone ? participle : verb;
        }
        return isDone && ModuleRow.KEEP.equals(row.decision()) ? "kept" : row.decision();
    }
}

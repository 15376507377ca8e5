package io.github.splora.report;

import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sentences of a report, the same in every format. */
public final class Sentences {

    private Sentences() {}

    /** Returns the sentence below the table. */
    public static String conclusion(RunReport report) {
        return selected(report) + " (" + method(report) + ")";
    }

    /**
     * Returns how many modules point against the alignment delta, and their mean cosine with it: an absolute statement, whatever
     * the population. Empty if the modules were not compared with it.
     */
    public static Optional<String> directions(RunReport report) {
        RunReport.Summary summary = report.summary();
        Integer against = summary.againstAlignment();
        if (against == null) {
            return Optional.empty();
        }
        long compared =
                report.modules().stream().filter(row -> row.cosine() != null).count();
        String modules = (compared == report.modules().size() ? "" : "compared ") + "modules";
        String who = against == 0
                ? "no module moves"
                : against == compared
                        ? (compared == 1
                                ? "the only module compared moves"
                                : "all " + compared + " " + modules + " move")
                        : against + " of " + compared + " " + modules + (against == 1 ? " moves" : " move");
        return Optional.of(who + " against alignment, mean cosine " + Figures.number(summary.meanCosine()));
    }

    /** Returns which share of all changes the scores judge; empty if nothing besides the modules changes the model. */
    public static Optional<String> judged(RunReport report) {
        Double share = report.summary().judgedShare();
        return report.effects().isEmpty()
                ? Optional.empty()
                : Optional.of((share == null ? "an unknown share" : Figures.percent(share))
                        + " of the squared norm of all changes is scored");
    }

    /** Returns {@code 6 of 24 modules to prune}, or {@code 6 of 24 modules removed} once it is done. */
    static String selected(RunReport report) {
        return Plural.share(report.summary().pruned(), report.summary().modules(), "module") + " "
                + ActionWords.of(report).selected();
    }

    /** Returns the options that scores and decisions were made with, in a few words. */
    static String method(RunReport report) {
        RunReport.Parameters parameters = report.parameters();
        String scores = report.metric() + ", " + parameters.reference() + ", " + parameters.population();
        String rule = (parameters.defaultRule() && parameters.selection().isByScore() ? "default rule: " : "")
                + parameters.selection().inWords(parameters.granularity());
        return Printable.text(
                isWhateverTheScore(report)
                        ? rule + ", whatever their scores" + correction(parameters) + "; scores: " + scores
                        : scores + "; " + rule + correction(parameters));
    }

    /** Norms of a module's delta before and after a correction. */
    private record Norms(double before, double after) {

        static Optional<Norms> of(ModuleRow row) {
            Double before = row.deltaNorm();
            Double after = row.correctedNorm();
            return before == null || after == null ? Optional.empty() : Optional.of(new Norms(before, after));
        }
    }

    /**
     * Returns the squared norm of the corrected modules' deltas, as a share of what it was before; empty if none was corrected, or if
     * they added nothing.
     */
    public static Optional<Double> correctedShare(RunReport report) {
        List<Norms> corrected =
                report.modules().stream().flatMap(row -> Norms.of(row).stream()).toList();
        // Norms are divided by the largest, because their squares may overflow.
        double unit = corrected.stream()
                .mapToDouble(row -> Math.max(row.before(), row.after()))
                .max()
                .orElse(0);
        double before = corrected.stream()
                .mapToDouble(row -> Math.pow(row.before() / unit, 2))
                .sum();
        double after = corrected.stream()
                .mapToDouble(row -> Math.pow(row.after() / unit, 2))
                .sum();
        return unit == 0 || before == 0 ? Optional.empty() : Optional.of(after / before);
    }

    /** Whether the modules were selected without regard to their scores. */
    public static boolean isWhateverTheScore(RunReport report) {
        return report.parameters().selection() instanceof SelectionRule.All;
    }

    /** Returns the action on selected modules, with its parameters. */
    public static String action(RunReport report) {
        RunReport.Parameters parameters = report.parameters();
        if (report.inputs().adapter() == null && !parameters.actionParameters().containsKey(ActionParameter.RESTORED)) {
            return "selected weights are restored to their aligned values";
        }
        return parameters.action()
                + (parameters.actionKind().filter(ActionKind::takesConfigStyle).isPresent()
                        ? ", config style " + parameters.configStyle()
                        : prefixed(", ", inWords(parameters.actionParameters())));
    }

    private static String correction(RunReport.Parameters parameters) {
        Map<ActionParameter, Double> values = parameters.actionParameters();
        return values.isEmpty() ? "" : "; " + parameters.action() + " with " + inWords(values);
    }

    private static String inWords(Map<ActionParameter, Double> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getKey().inWords(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String prefixed(String prefix, String text) {
        return text.isEmpty() ? "" : prefix + text;
    }
}

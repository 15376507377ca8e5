package io.github.splora.report;

import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.Confirmation.Unmet;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** The sentences on how a sweep's best candidate does on held-back prompts, the same in every format. They contain foreign text. */
public final class HeldBackText {

    private HeldBackText() {}

    /** Returns the figures on held-back prompts, and the conditions that they do not meet; empty if there are none. */
    public static Optional<String> summary(SweepReport report) {
        return Optional.ofNullable(report.confirmation())
                .map(found -> "on held-back prompts: "
                        + figures(found.figures(), isUnchangedBest(report) ? Map.of() : found.unchanged())
                        + (found.passes()
                                ? ""
                                : "; not met: "
                                        + found.unmet().stream()
                                                .map(Unmet::condition)
                                                .collect(Collectors.joining(", "))));
    }

    /** Returns why the best candidate is not confirmed, and what to do; empty if it is, or if it was not evaluated. */
    public static Optional<String> refusal(SweepReport report) {
        if (!report.failsConfirmation()) {
            return Optional.empty();
        }
        Confirmation found = Objects.requireNonNull(report.confirmation());
        Trial best = report.trials().get(Objects.requireNonNull(report.winner()));
        return Optional.of(
                "the best candidate, " + best.number() + " (" + best.origin()
                        + "), is not confirmed: "
                        + found.unmet().stream()
                                .map(each -> unmet(each, report, best, found))
                                .collect(Collectors.joining("; "))
                        + ". Use a stricter condition, fewer candidates or more prompts, and confirm on prompts that no sweep has used");
    }

    private static String unmet(Unmet unmet, SweepReport report, Trial best, Confirmation found) {
        Map<String, Double> before =
                isUnchangedBest(report) ? Map.of() : report.trials().get(0).figures();
        Map<String, Double> heldBackBefore = isUnchangedBest(report) ? Map.of() : found.unchanged();
        String figure = unmet.figure();
        return unmet.condition() + " does not hold on held-back prompts, where " + figure + " is "
                + value(figure, found.figures(), heldBackBefore) + "; on the prompts of the selection, it was "
                + value(figure, best.figures(), before);
    }

    private static boolean isUnchangedBest(SweepReport report) {
        return Integer.valueOf(0).equals(report.winner());
    }

    /** Returns figures beside those of the unchanged adapter. */
    static String figures(Map<String, Double> figures, Map<String, Double> unchanged) {
        return figures.keySet().stream()
                .map(name -> name + " " + value(name, figures, unchanged))
                .collect(Collectors.joining(", "));
    }

    private static String value(String name, Map<String, Double> figures, Map<String, Double> unchanged) {
        return Figures.number(figures.get(name))
                + (unchanged.containsKey(name)
                        ? " (unchanged adapter: " + Figures.number(unchanged.get(name)) + ")"
                        : "");
    }
}

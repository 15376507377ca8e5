package io.github.splora.report;

import io.github.splora.report.Provenance.Step;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sentences of a report about where its results come from, the same in every format. They contain foreign text. */
public final class Origins {

    private Origins() {}

    /** Returns when the report was made; empty if unknown. */
    public static Optional<String> created(RunReport report) {
        return Optional.ofNullable(report.provenance()).map(Provenance::created);
    }

    /** Returns the files that the run wrote; empty if it wrote none. */
    public static List<HashedFile> written(RunReport report) {
        return Optional.ofNullable(report.provenance())
                .map(Provenance::output)
                .map(Provenance.Output::files)
                .orElse(List.of());
    }

    /** Returns why a sweep chose this result; empty if none did. */
    public static Optional<String> choice(RunReport report) {
        return Optional.ofNullable(report.provenance())
                .map(Provenance::evaluation)
                .map(choice -> "candidate " + choice.candidate() + " of " + (choice.candidates() - 1) + " of a sweep: "
                        + HeldBackText.figures(choice.figures(), choice.unchanged())
                        + (choice.requirements().isEmpty()
                                ? ""
                                : "; required: " + String.join(", ", choice.requirements()))
                        + (choice.maxUtilityLoss() == null
                                ? ""
                                : "; largest loss of " + choice.maximize() + " allowed: "
                                        + Figures.percent(choice.maxUtilityLoss()))
                        + (choice.heldBack() == null
                                ? ""
                                : "; on held-back prompts: "
                                        + HeldBackText.figures(
                                                choice.heldBack().figures(),
                                                choice.heldBack().unchanged())));
    }

    /** Returns what had been done to the input before, oldest first. */
    public static List<String> history(RunReport report) {
        return Optional.ofNullable(report.provenance()).map(Provenance::history).orElse(List.of()).stream()
                .map(Origins::inWords)
                .toList();
    }

    private static String inWords(Step step) {
        return (step.created() == null ? "" : step.created() + ", ") + step.tool() + ": " + step.action() + " on "
                + step.selected() + " of " + step.modules() + " modules" + doubt(step.matches());
    }

    private static String doubt(@Nullable Boolean matches) {
        return Boolean.TRUE.equals(matches)
                ? ""
                : matches == null
                        ? " (the weights that it wrote were not compared)"
                        : " (the weights have changed since)";
    }
}

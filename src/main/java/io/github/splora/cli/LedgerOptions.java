package io.github.splora.cli;

import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.gate.Gate;
import io.github.splora.select.ModuleFilter;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code show} that say which adapters of a ledger are listed, and in which order. */
final class LedgerOptions {

    @Option(
            names = "--verdict",
            paramLabel = "VERDICT",
            split = ",",
            description =
                    "Of a fleet's ledger, list only adapters with this verdict: ${COMPLETION-CANDIDATES}. Repeatable,"
                            + " or comma-separated.")
    List<FleetVerdict> verdicts = List.of();

    @Option(
            names = "--match",
            paramLabel = "PATTERN",
            split = Patterns.SEPARATOR,
            splitSynopsisLabel = ",",
            description =
                    "Of a fleet's ledger, list only adapters whose name in the ledger a pattern matches: a glob, or"
                            + " /regex/. Repeatable, or comma-separated.")
    List<String> patterns = List.of();

    @Option(
            names = "--sort",
            paramLabel = "FIGURE",
            description =
                    "Of a fleet's ledger, list the adapters with the worst of this figure first, such as max-score or"
                            + " mean-cosine. Default: by verdict, then by max-score.")
    @Nullable
    String figure;

    boolean isGiven() {
        return !verdicts.isEmpty() || !patterns.isEmpty() || figure != null;
    }

    /** Returns a sentence that says what is wrong; empty if nothing is. */
    Optional<String> contradiction() {
        if (figure != null && !Gate.figures().contains(figure)) {
            return Optional.of(
                    "--sort " + figure + ": is not a figure; the figures are " + String.join(", ", Gate.figures()));
        }
        try {
            ModuleFilter.anyOf("--match", patterns);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(
                    "--match: '" + e.getPattern() + "' is not a valid regular expression: " + e.getDescription());
        }
    }

    LedgerReport apply(LedgerReport report) {
        Predicate<String> matches = patterns.isEmpty() ? name -> true : ModuleFilter.anyOf("--match", patterns);
        return report.filtered(entry -> (verdicts.isEmpty()
                                || FleetVerdict.named(entry.verdict())
                                        .filter(verdicts::contains)
                                        .isPresent())
                        && matches.test(entry.adapter()))
                .sorted(Optional.ofNullable(figure));
    }
}

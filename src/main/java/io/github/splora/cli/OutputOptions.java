package io.github.splora.cli;

import io.github.splora.gate.Gate;
import io.github.splora.gate.Gates;
import io.github.splora.select.ModuleFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how results are shown, and what fails a run. */
final class OutputOptions {

    @Mixin
    FormatOption format;

    @Option(
            names = "--all-rows",
            description =
                    "On a terminal, show all modules in the table instead of the 10 with the highest scores. Off a"
                            + " terminal, all are shown.")
    boolean isWhole;

    @Option(
            names = "--heatmap",
            description = "Print a map of the scores below the table: one column per block, one row per module type.")
    boolean heatmap;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Also write a self-contained HTML report. Replaces an existing file.")
    @Nullable
    Path report;

    @Option(
            names = "--fail-on",
            paramLabel = "CONDITION",
            description = "Exit with code 3 if this condition on the summary holds, such as 'pruned>0', 'max-score>3'"
                    + " or 'pruned-fraction>=0.2'. Repeatable.",
            converter = GateConverter.class)
    List<Gate> gates = List.of();

    @Option(
            names = "--allow-unscored",
            paramLabel = "PATTERN",
            split = Patterns.SEPARATOR,
            splitSynopsisLabel = ",",
            description =
                    "With --fail-on: accept changes of the model that have no score (saved weights, biases, embeddings,"
                            + " norms) if a pattern matches their name, as in --include. Repeatable, or comma-separated.")
    List<String> accepted = List.of();

    Gates gates() {
        return new Gates(gates, accepted);
    }

    /** Returns a sentence that says what is wrong with the options; empty if nothing is. */
    Optional<String> contradiction() {
        try {
            ModuleFilter.anyOf("--allow-unscored", accepted);
        } catch (PatternSyntaxException e) {
            return Optional.of("--allow-unscored: '" + e.getPattern() + "' is not a valid regular expression: "
                    + e.getDescription());
        }
        return gates.isEmpty() && !accepted.isEmpty()
                ? Optional.of("--allow-unscored requires --fail-on: without a gate, nothing needs to be accepted")
                : Optional.empty();
    }
}

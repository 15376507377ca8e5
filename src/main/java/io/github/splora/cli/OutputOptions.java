package io.github.splora.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how results are shown, and what fails a run. */
final class OutputOptions {

    @Mixin
    FormatOption format;

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
            converter = Gate.Converter.class)
    List<Gate> gates = List.of();
}

package io.github.splora.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How results are shown and judged. */
final class OutputOptions {

    @Mixin
    FormatOption format;

    @Option(
            names = "--heatmap",
            description = "Below the table, a map of the scores: blocks across, module types down.")
    boolean heatmap;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description =
                    "Also write a report for people: one HTML file that needs nothing else. A file that is there is"
                            + " replaced.")
    @Nullable
    Path report;

    @Option(
            names = "--fail-on",
            paramLabel = "CONDITION",
            description = "Exit with 3 if a figure of the summary is so: 'pruned>0', 'max-score>3',"
                    + " 'pruned-fraction>=0.2'. Repeatable.",
            converter = Gate.Converter.class)
    List<Gate> gates = List.of();
}

package io.github.splora.cli;

import io.github.splora.report.ReportFormat;
import picocli.CommandLine.Option;

/** The format of the results. */
final class FormatOption {

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "Results on standard output as ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    ReportFormat choice;
}

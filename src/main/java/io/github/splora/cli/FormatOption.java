package io.github.splora.cli;

import io.github.splora.report.ReportFormat;
import picocli.CommandLine.Option;

/** The option for the format of the results. */
final class FormatOption {

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description =
                    "Format of the results on standard output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    ReportFormat choice;
}

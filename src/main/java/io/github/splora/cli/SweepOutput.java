package io.github.splora.cli;

import io.github.splora.report.ReportFormat;
import io.github.splora.report.SweepTable;
import io.github.splora.sweep.SweepReport;
import java.util.Optional;

/** A sweep in the formats of {@code --format}. */
final class SweepOutput {

    private SweepOutput() {}

    /** Returns a sentence that says why a sweep cannot be written in a format; empty if it can. */
    static Optional<String> contradiction(ReportFormat format) {
        return format == ReportFormat.SARIF || format == ReportFormat.JUNIT
                ? Optional.of(
                        "--format " + format
                                + " cannot show a sweep, which has no findings: use it with score, prune, repair or show of a report")
                : Optional.empty();
    }

    /** Returns the whole text, with a final line break. */
    static String write(SweepReport report, ReportFormat format) {
        return switch (format) {
            case TABLE -> SweepTable.plain(report);
            case JSON -> report.toJson();
            case CSV -> SweepTable.csv(report);
            case MARKDOWN -> SweepTable.markdown(report);
            case SARIF, JUNIT -> throw new IllegalArgumentException(format + " is not a format of sweeps");
        };
    }
}

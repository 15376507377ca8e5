package io.github.splora.cli;

import io.github.splora.report.ReportFormat;
import io.github.splora.report.SweepTable;
import io.github.splora.sweep.SweepReport;

/** A sweep in the formats of {@code --format}. */
final class SweepOutput {

    private SweepOutput() {}

    /** Returns the whole text, with a final line break. */
    static String write(SweepReport report, ReportFormat format) {
        return switch (format) {
            case TABLE -> SweepTable.plain(report);
            case JSON -> report.toJson();
            case CSV -> SweepTable.csv(report);
            case MARKDOWN -> SweepTable.markdown(report);
        };
    }
}

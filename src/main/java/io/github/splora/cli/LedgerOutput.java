package io.github.splora.cli;

import io.github.splora.Version;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.fleet.LedgerResults;
import io.github.splora.fleet.LedgerTable;
import io.github.splora.report.ReportFormat;
import io.github.splora.report.TableLayout;

/** A ledger in the formats of {@code --format}. */
final class LedgerOutput {

    private LedgerOutput() {}

    /** Returns the whole text, with a final line break. */
    static String write(LedgerReport report, ReportFormat format, TableLayout layout) {
        return switch (format) {
            case TABLE -> LedgerTable.plain(report, layout);
            case JSON -> report.toJson();
            case CSV -> LedgerTable.csv(report);
            case MARKDOWN -> LedgerTable.markdown(report);
            case SARIF -> new LedgerResults(report).sarif(Version.current());
            case JUNIT -> new LedgerResults(report).junit();
        };
    }
}

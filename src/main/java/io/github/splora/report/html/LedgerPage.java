package io.github.splora.report.html;

import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.fleet.LedgerTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data that the template {@code ledger.html} shows: the verdicts of a fleet.
 *
 * @param hidden number of adapters that a filter leaves out; null for none
 * @param figures names of the figures, as headings
 */
public record LedgerPage(
        LedgerReport report,
        String policy,
        String style,
        String conclusion,
        @Nullable Integer hidden,
        List<String> figures,
        List<Row> rows) {

    /** An adapter in the table. */
    record Row(
            String adapter,
            String verdict,
            List<String> figures,
            List<String> reasons,
            List<String> warnings,
            @Nullable String repaired) {}

    /** Returns a ledger as one self-contained HTML page. */
    public static String write(LedgerReport report) {
        String style = Template.resource("report.css") + Template.resource("ledger.css");
        int hidden = report.adapters() - report.entries().size();
        List<String> figures = report.shownFigures();
        return Template.fill(
                "ledger.html",
                new LedgerPage(
                        report,
                        Template.policy(style, ""),
                        style,
                        report.conclusion(),
                        hidden == 0 ? null : hidden,
                        figures,
                        report.entries().stream()
                                .map(entry -> row(entry, figures))
                                .toList()));
    }

    private static Row row(LedgerEntry entry, List<String> figures) {
        return new Row(
                entry.adapter(),
                entry.verdict(),
                figures.stream().map(name -> LedgerTable.figure(entry, name)).toList(),
                entry.reasons(),
                entry.warnings(),
                entry.repaired());
    }
}

package io.github.splora.spark;

import io.github.splora.fleet.LedgerEntry;
import io.github.splora.json.StrictJson;
import io.github.splora.report.CsvWriter;
import io.github.splora.report.RunReport;
import io.github.splora.run.FleetParts.Judged;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on one adapter, and its modules.
 *
 * @param figures numbers in the order of {@link Tables#FIGURES}; null if it could not be judged
 * @param entry its line of a ledger
 * @param modules cells of its rows in the table of modules
 */
record AdapterRow(
        String adapter,
        String verdict,
        List<String> reasons,
        List<String> warnings,
        @Nullable List<@Nullable Double> figures,
        Map<String, String> files,
        Map<String, String> models,
        String settings,
        String version,
        String created,
        String key,
        String entry,
        List<List<String>> modules)
        implements Serializable {

    static AdapterRow of(Judged judged) {
        LedgerEntry entry = judged.entry();
        RunReport report = judged.report();
        return new AdapterRow(
                entry.adapter(),
                entry.verdict(),
                entry.reasons(),
                entry.warnings(),
                entry.figures() == null ? null : Tables.figures(entry.figures()),
                entry.files(),
                entry.models(),
                StrictJson.writeLine(entry.settings()),
                entry.version(),
                entry.created(),
                entry.key(),
                StrictJson.writeLine(entry),
                report == null ? List.of() : CsvWriter.cellsOfSeveral(report));
    }
}

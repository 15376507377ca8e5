package io.github.splora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.Version;
import io.github.splora.error.BadInputException;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.ReportSet;
import io.github.splora.report.RunReport;
import io.github.splora.sweep.SweepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The saved results of an earlier command.
 *
 * @param reports the reports on adapters; empty for anything else
 * @param sweep the sweep; null for anything else
 * @param ledger the verdicts on a fleet; null for anything else
 */
record SavedReports(List<RunReport> reports, @Nullable SweepReport sweep, @Nullable LedgerReport ledger) {

    /** Stands for standard input. */
    static final String STANDARD_INPUT = "-";

    /**
     * Reads a document, or those that a prune has written to a folder or to its subfolders.
     *
     * @throws BadInputException if there is none, or it cannot be used
     */
    static SavedReports read(String given) {
        if (given.equals(STANDARD_INPUT)) {
            return of(Path.of("standard input"), StrictJson.readStream(System.in, "standard input"));
        }
        Path path = Path.of(given);
        if (LedgerReport.isIn(path)) {
            return new SavedReports(List.of(), null, LedgerReport.read(path, Version.current()));
        }
        if (!Files.isDirectory(path)) {
            return of(path, StrictJson.readNamed(path));
        }
        List<RunReport> reports = new ArrayList<>();
        for (Path file : filesIn(path)) {
            reports.addAll(ReportSet.read(file).reports());
        }
        return new SavedReports(List.copyOf(reports), null, null);
    }

    /** Whether a folder has a report of its own. */
    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(OutputFolder.REPORT_FILE));
    }

    private static SavedReports of(Path file, ObjectNode json) {
        return SweepReport.isIn(json)
                ? new SavedReports(List.of(), SweepReport.of(file, json), null)
                : new SavedReports(ReportSet.of(file, json).reports(), null, null);
    }

    private static List<Path> filesIn(Path folder) {
        Path own = folder.resolve(OutputFolder.REPORT_FILE);
        if (Files.exists(own)) {
            return List.of(own);
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .map(entry -> entry.resolve(OutputFolder.REPORT_FILE))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new BadInputException(folder, null, null, "cannot be read: " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw new BadInputException(
                    folder,
                    null,
                    null,
                    "holds no " + OutputFolder.REPORT_FILE
                            + ", which 'splora prune' and 'splora repair' write; to look at an adapter, use 'splora scan'");
        }
        return files;
    }
}

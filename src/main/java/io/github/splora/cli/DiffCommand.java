package io.github.splora.cli;

import io.github.splora.adapter.Adapter;
import io.github.splora.diff.AdapterDiff;
import io.github.splora.diff.Diff;
import io.github.splora.diff.DiffText;
import io.github.splora.diff.ReportDiff;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.report.RunReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora diff}. */
@Command(
        name = "diff",
        description =
                "Compares two adapters (configs, modules, and how far each module's delta moved) or two reports (how"
                        + " they were made, and the scores and decisions). Exits with 0 if they are the same, with 3 if not.")
final class DiffCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "Adapter (a folder, a weights file, or a cached hub id) or report (JSON).")
    String before;

    @Parameters(index = "1", paramLabel = "NEW", description = "The adapter or report to compare with it.")
    String after;

    @Mixin
    TextFormatOption format;

    @Option(names = "--all-rows", description = "List all modules and tensors that differ instead of the first 20.")
    boolean isWhole;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        common.applyToLog();
        Diff diff = isReport(before) || isReport(after)
                ? ReportDiff.of(before, report(before), after, report(after))
                : adapters();
        PrintWriter out = spec.commandLine().getOut();
        out.print(format.isJson() ? diff.toJson() : DiffText.write(diff, isWhole));
        out.flush();
        return diff.same() ? ExitCode.DONE : ExitCode.GATE_FAILED;
    }

    private Diff adapters() {
        try (Adapter old = open(before);
                Adapter now = open(after)) {
            return AdapterDiff.of(before, old, after, now);
        }
    }

    private Adapter open(String given) {
        return Adapter.open(main.hub().resolve(given, common.revision));
    }

    /** Whether this can only be a report: a file that belongs to no adapter, or a folder with a report alone. */
    private boolean isReport(String given) {
        if (given.equals(SavedReports.STANDARD_INPUT)) {
            return true;
        }
        Path path = Path.of(given);
        return Files.isRegularFile(path)
                ? given.endsWith(".json") && !Adapter.isAt(path)
                : Files.isDirectory(path) && !Adapter.isAt(path) && SavedReports.isIn(path);
    }

    /** Returns a report; of a folder that a prune wrote, the one in it. */
    private RunReport report(String given) {
        SavedReports saved = SavedReports.read(given);
        if (saved.reports().size() != 1) {
            throw new BadInputException(List.of(new Problem(
                    given, null, null, "must be the report of one adapter; name the folder or report of one")));
        }
        return saved.reports().get(0);
    }
}

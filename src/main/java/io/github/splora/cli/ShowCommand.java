package io.github.splora.cli;

import io.github.splora.fleet.LedgerReport;
import io.github.splora.output.OutputFolder;
import io.github.splora.output.ReportFile;
import io.github.splora.report.RunReport;
import io.github.splora.report.html.LedgerPage;
import io.github.splora.report.html.SweepPage;
import io.github.splora.sweep.SweepReport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora show}. */
@Command(
        name = "show",
        description = "Shows the report of an earlier run (" + OutputFolder.REPORT_FILE
                + ", or what 'score --format json' or 'sweep --format json' printed) or the ledger of a fleet in another format"
                + " or as a page, and applies gates to a report. Reads no other file.")
final class ShowCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Parameters(
            paramLabel = "REPORT",
            description =
                    "Report in JSON; a folder that a prune has written, or one of several such folders; a ledger of"
                            + " 'splora fleet'; - for a report on standard input.")
    String place;

    @Mixin
    OutputOptions output;

    @Mixin
    LedgerOptions ledger;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() throws IOException {
        common.applyToLog();
        output.contradiction().ifPresent(this::refuse);
        ledger.contradiction().ifPresent(this::refuse);
        SavedReports saved = SavedReports.read(place);
        ReportFile page = output.report == null ? null : ReportFile.prepare(output.report, List.of(place));
        if (saved.ledger() != null) {
            return show(saved.ledger(), page);
        }
        if (ledger.isGiven()) {
            refuse("--verdict, --match and --sort need a ledger of 'splora fleet'");
        }
        return saved.sweep() == null ? show(saved.reports(), page) : show(saved.sweep(), page);
    }

    private int show(List<RunReport> reports, @Nullable ReportFile page) throws IOException {
        if (page != null && reports.size() > 1) {
            refuse("--report shows one adapter: name the report of one, or use --format json");
        }
        List<RunReport> judged =
                reports.stream().map(report -> output.gates().judge(report)).toList();
        int code = new Results(spec.commandLine(), main.terminal(), output, common.quiet).show(judged, page);
        // Without --fail-on, this command only shows what the gates of the earlier run decided.
        return output.gates.isEmpty() ? ExitCode.DONE : code;
    }

    private int show(SweepReport sweep, @Nullable ReportFile page) throws IOException {
        if (!output.gates.isEmpty() || output.heatmap) {
            refuse((output.heatmap ? "--heatmap" : "--fail-on")
                    + " needs the report of a run on adapters, not that of a sweep");
        }
        SweepOutput.contradiction(output.format.choice).ifPresent(this::refuse);
        spec.commandLine().getOut().print(SweepOutput.write(sweep, output.format.choice));
        spec.commandLine().getOut().flush();
        if (page != null) {
            page.write(SweepPage.write(sweep));
            new Results(spec.commandLine(), main.terminal(), output, common.quiet).tell("wrote " + output.report);
        }
        return ExitCode.DONE;
    }

    private int show(LedgerReport report, @Nullable ReportFile page) throws IOException {
        if (!output.gates.isEmpty() || output.heatmap) {
            refuse(
                    output.heatmap
                            ? "--heatmap needs the report of a run on adapters, not a ledger"
                            : "--fail-on needs the report of a run on adapters: for a ledger, the policy of 'splora fleet' has decided");
        }
        LedgerReport chosen = ledger.apply(report);
        spec.commandLine()
                .getOut()
                .print(LedgerOutput.write(
                        chosen, output.format.choice, main.terminal().layout(output.isWhole)));
        spec.commandLine().getOut().flush();
        if (page != null) {
            page.write(LedgerPage.write(chosen));
            new Results(spec.commandLine(), main.terminal(), output, common.quiet).tell("wrote " + output.report);
        }
        return ExitCode.DONE;
    }

    private void refuse(String sentence) {
        throw new ParameterException(spec.commandLine(), sentence);
    }
}

package io.github.splora.cli;

import io.github.splora.error.Printable;
import io.github.splora.output.ReportFile;
import io.github.splora.report.HeatmapWriter;
import io.github.splora.report.ReportSet;
import io.github.splora.report.RunReport;
import io.github.splora.report.Verdict;
import io.github.splora.report.html.HtmlWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Shows reports as the user wants them: on standard output, as a page, and with what the gates decided. */
final class Results {

    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final OutputOptions output;
    private final boolean isQuiet;

    Results(CommandLine command, Terminal terminal, OutputOptions output, boolean isQuiet) {
        this.out = command.getOut();
        this.err = command.getErr();
        this.terminal = terminal;
        this.output = output;
        this.isQuiet = isQuiet;
    }

    /**
     * Prints the reports, their warnings and verdicts.
     *
     * @param page receives the HTML report of the only adapter; null for none
     * @return the exit code
     */
    int show(List<RunReport> reports, @Nullable ReportFile page) throws IOException {
        out.print(new ReportSet(reports).write(output.format.choice, terminal.layout(output.isWhole)));
        if (output.heatmap) {
            reports.forEach(report ->
                    out.print(heading(report, reports.size()) + new HeatmapWriter(terminal.colorsOut()).write(report)));
        }
        out.flush();
        if (page != null) {
            page.write(new HtmlWriter().write(reports.get(0)));
            tell("wrote " + output.report);
        }
        int code = ExitCode.DONE;
        for (RunReport report : reports) {
            String speaker = reports.size() == 1
                    ? "splora: "
                    : "splora: " + Printable.text(report.inputs().subject()) + ": ";
            if (!isQuiet) {
                report.warnings().forEach(warning -> err.println(Printable.line(speaker + "warning: " + warning)));
            }
            Verdict verdict = report.verdict();
            if (verdict != null) {
                verdict.gates().stream()
                        .filter(gate -> gate.passed() ? verdict.passed() && !isQuiet : true)
                        .forEach(gate -> err.println(speaker + Printable.text(gate.message())));
                code = verdict.passed() ? code : ExitCode.GATE_FAILED;
            }
        }
        err.flush();
        return code;
    }

    void tell(String sentence) {
        if (!isQuiet) {
            err.println(Printable.line("splora: " + sentence));
            err.flush();
        }
    }

    private static String heading(RunReport report, int count) {
        return count == 1 ? "" : "\n" + Printable.text(report.inputs().subject()) + "\n";
    }
}

package io.github.splora.cli;

import io.github.splora.output.OutputFolder;
import io.github.splora.report.ReportSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora show}. */
@Command(
        name = "show",
        description = "Shows the report of an earlier run (" + OutputFolder.REPORT_FILE
                + ", or the output of 'score --format json') in another format. Reads no other file.")
final class ShowCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Parameters(paramLabel = "FILE", description = "Report in JSON.")
    Path file;

    @Mixin
    FormatOption format;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        common.applyToLog();
        ReportSet reports = ReportSet.read(file);
        PrintWriter out = spec.commandLine().getOut();
        out.print(reports.write(format.choice, main.terminal().colorsOut()));
        out.flush();
        return ExitCode.DONE;
    }
}

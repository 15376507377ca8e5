package io.github.splora.cli;

import io.github.splora.Splora;
import io.github.splora.run.Progress;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shared by the commands that compute: access to {@link Splora}, and messages to the user. */
abstract class CommandSupport {

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Mixin
    CommonOptions common;

    /** Returns the API, set up to show progress as the user wants it. */
    final Splora splora() {
        common.applyToLog();
        PrintWriter err = spec.commandLine().getErr();
        return new Splora(
                main.hub(),
                progress(err),
                spec.root().commandLine().getParseResult().originalArgs());
    }

    private Progress progress(PrintWriter err) {
        if (common.quiet) {
            return Progress.SILENT;
        }
        return main.terminal().isErrInteractive() ? new ProgressBar(err) : new PlainProgress(err);
    }

    /** Prints a line on standard error, unless the user asked for quiet. */
    final void tell(String sentence) {
        if (!common.quiet) {
            spec.commandLine().getErr().println("splora: " + sentence);
            spec.commandLine().getErr().flush();
        }
    }

    final ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

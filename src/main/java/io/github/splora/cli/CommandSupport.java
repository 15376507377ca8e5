package io.github.splora.cli;

import io.github.splora.Splora;
import io.github.splora.error.Printable;
import io.github.splora.preset.ModelFinder.NotFoundException;
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
        Splora splora = new Splora(main.hub(), progress(err), main.arguments());
        boolean isStrict = common.strict == null ? isGated() : common.strict;
        Splora hashing = hashesAll() ? splora.hashingAll() : splora;
        Splora stating = statesProvenance() ? hashing.statingProvenance() : hashing;
        return isStrict ? stating.strict() : stating;
    }

    /** Whether a gate judges the run, which must not pass if its inputs contradict each other. */
    boolean isGated() {
        return false;
    }

    /** Whether the report states the hashes of all of the checkpoints' files. */
    boolean hashesAll() {
        return false;
    }

    /** Whether a statement of provenance is written beside each result. */
    boolean statesProvenance() {
        return false;
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
            insist(sentence);
        }
    }

    /** Prints a line on standard error, even if the user asked for quiet: why a command failed. */
    final void insist(String sentence) {
        spec.commandLine().getErr().println(Printable.line("splora: " + sentence));
        spec.commandLine().getErr().flush();
    }

    /** Finds the models that the user did not name, and says which. */
    final void findModels(ModelOptions inputs) {
        try {
            inputs.findModels(main.hub(), common.revision).forEach(this::tell);
        } catch (NotFoundException e) {
            String missing = inputs.aligned == null ? "--aligned=MODEL" : "--base=MODEL";
            throw wrong("Missing required option: '" + missing + "', or '--preset=NAME': " + e.getMessage());
        }
    }

    final ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

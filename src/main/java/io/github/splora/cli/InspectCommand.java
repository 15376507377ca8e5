package io.github.splora.cli;

import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.inspect.Inspection;
import io.github.splora.json.StrictJson;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora inspect}. */
@Command(name = "inspect", description = "Lists the contents of an adapter or a checkpoint. Reads headers only.")
final class InspectCommand implements Callable<Integer> {

    /** The output formats. */
    enum Format {
        table,
        json
    }

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Parameters(paramLabel = "PATH", description = "Adapter or checkpoint: a folder, a file, or a cached hub id.")
    String path;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "Output format: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    Format format;

    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        common.applyToLog();
        Inspection inspection = Inspection.of(main.hub().resolve(path, common.revision));
        PrintWriter out = spec.commandLine().getOut();
        out.print(format == Format.json ? StrictJson.write(inspection) : text(inspection));
        out.flush();
        return ExitCode.DONE;
    }

    private static String text(Inspection inspection) {
        StringBuilder text = new StringBuilder(inspection.kind() + " " + Printable.text(inspection.path()) + "\n");
        inspection
                .facts()
                .forEach((name, value) ->
                        text.append(String.format("  %s: %s\n", name, Printable.text(String.valueOf(value)))));
        text.append('\n');
        inspection
                .modules()
                .forEach(module -> text.append(String.format(
                        "%s  %s  rank %d  scaling %s  %s%n",
                        Printable.text(module.name()),
                        module.shape(),
                        module.rank(),
                        module.scaling(),
                        module.dtype())));
        inspection
                .tensors()
                .forEach(tensor -> text.append(String.format(
                        "%s  %s  %s  %s%n",
                        Printable.text(tensor.name()),
                        tensor.shape(),
                        tensor.dtype(),
                        Plural.of(tensor.bytes(), "byte"))));
        return text.toString();
    }
}

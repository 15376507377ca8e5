package io.github.splora.cli;

import io.github.splora.client.ClientKind;
import io.github.splora.error.Printable;
import io.github.splora.gate.Gates;
import io.github.splora.preset.ModelFinder.NotFoundException;
import io.github.splora.run.Candidate;
import io.github.splora.run.ScoreOptions;
import io.github.splora.scan.Scan;
import io.github.splora.scan.ScanText;
import io.github.splora.scan.Scanner;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code splora scan}. */
@Command(
        name = "scan",
        description =
                "Says in a dozen lines what an adapter is, whether it fits its model, what stands out, and what to do"
                        + " next. Exits with 4 if a model is missing or does not fit.")
final class ScanCommand extends CommandSupport implements Callable<Integer> {

    @Mixin
    InputOptions inputs;

    @Mixin
    WorkOptions work;

    @Mixin
    TextFormatOption format;

    @Override
    public Integer call() {
        Stream.of(inputs.contradiction(), work.contradiction())
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        if (inputs.adapters().size() > 1) {
            throw wrong("a scan looks at one adapter: scan the adapters one at a time, or use 'splora score'");
        }
        Scan scan = scan(new Scanner(
                splora(),
                main.hub(),
                System.getProperty("splora.command", "splora"),
                inputs.adapters().get(0),
                common.revision));
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                format.isJson()
                        ? scan.toJson()
                        : ScanText.write(scan, main.terminal().layout(false).width()));
        out.flush();
        scan.warnings().forEach(warning -> tell("warning: " + Printable.line(warning)));
        return scan.picture() == null ? ExitCode.BAD_INPUT : ExitCode.DONE;
    }

    private Scan scan(Scanner scanner) {
        try {
            inputs.findModels(main.hub(), common.revision).forEach(this::tell);
        } catch (NotFoundException e) {
            return scanner.without(inputs.aligned, String.valueOf(e.getMessage()));
        }
        Candidate defaults = CandidateLine.candidates("", ClientKind.PEFT).get(0);
        return scanner.with(new ScoreOptions(
                inputs.base(),
                inputs.aligned(),
                inputs.adapters(),
                Optional.empty(),
                common.revision,
                defaults.scheme(),
                work.include,
                work.exclude,
                Optional.ofNullable(work.tower),
                Optional.empty(),
                defaults.granularity(),
                ClientKind.PEFT,
                work.device,
                work.kernel,
                work.resources(),
                Gates.NONE));
    }
}

package io.github.splora.cli;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.fleet.Calibration;
import io.github.splora.fleet.CalibrationInput;
import io.github.splora.json.StrictJson;
import io.github.splora.report.TextTable;
import io.github.splora.statistics.Condition;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code splora calibrate}. */
@Command(
        name = "calibrate",
        description =
                "Says which figure of a fleet's ledger tells unsafe adapters from safe ones, given adapters whose safety was"
                        + " measured, or that none does.")
final class CalibrateCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Mixin
    CommonOptions common;

    @Parameters(index = "0", paramLabel = "LEDGER", description = "Ledger that 'splora fleet' wrote.")
    Path ledger;

    @Parameters(
            index = "1",
            paramLabel = "EVALUATIONS",
            description =
                    "CSV file with the column adapter, named as in the ledger, and the column that --unsafe is about.")
    Path evaluations;

    @Option(
            names = "--unsafe",
            paramLabel = "CONDITION",
            defaultValue = "asr>0.2",
            converter = ConditionConverter.class,
            description = "Condition under which an evaluated adapter counts as unsafe. Default: ${DEFAULT-VALUE}.")
    Condition unsafe;

    @Mixin
    TextFormatOption format;

    @Override
    public Integer call() {
        common.applyToLog();
        Calibration calibration;
        try {
            calibration = Calibration.of(CalibrationInput.read(ledger, evaluations, unsafe));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    evaluations,
                    "column '" + unsafe.figure() + "'",
                    null,
                    e.getMessage() + " (" + unsafe.text() + "): a limit needs both kinds",
                    e);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format.isJson()) {
            out.print(StrictJson.write(calibration));
        } else {
            print(calibration, out);
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static void print(Calibration calibration, PrintWriter out) {
        out.println(calibration.unsafe() + " unsafe and " + calibration.safe() + " safe adapters");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("figure", "AUC", "interval", "best limit", "caught", "false alarms"));
        calibration.figures().forEach(each -> rows.add(row(each)));
        out.print(TextTable.of(rows, Set.of(0, 2, 3)));
        List<Calibration.Figure> separating = calibration.figures().stream()
                .filter(Calibration.Figure::separates)
                .toList();
        out.println(
                separating.isEmpty()
                        ? "No figure separates them: so few adapters could differ as much by chance. Judge adapters by evaluating them."
                        : "'" + separating.get(0).condition()
                                + "' separates them best. It was chosen on these adapters: check it on others before you rely on"
                                + " it.");
    }

    private static List<String> row(Calibration.Figure figure) {
        return List.of(
                Printable.text(figure.name()),
                String.format(Locale.ROOT, "%.2f", figure.auc()),
                String.format(Locale.ROOT, "%.2f to %.2f", figure.low(), figure.high()),
                figure.condition(),
                String.format(Locale.ROOT, "%.0f%%", 100 * figure.caught()),
                String.format(Locale.ROOT, "%.0f%%", 100 * figure.falseAlarms()));
    }
}

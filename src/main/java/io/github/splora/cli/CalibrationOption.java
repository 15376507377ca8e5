package io.github.splora.cli;

import io.github.splora.run.ScoreOptions;
import io.github.splora.surgery.ActionKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a calibration file. */
final class CalibrationOption {

    @Option(
            names = "--calibration",
            paramLabel = "FILE",
            description =
                    "File that scripts/record_calibration.py wrote: what the layers of the aligned model read on examples of"
                            + " the adapter's task and on other requests. The action confine needs it; 'splora repair' uses"
                            + " that action when this option is given.")
    @Nullable
    Path file;

    /** Returns options with the file. */
    ScoreOptions with(ScoreOptions options) {
        return file == null ? options : options.withCalibration(file);
    }

    /** Returns a sentence if the file is missing where an action needs it, or given where none does; empty if neither. */
    Optional<String> contradiction(Stream<ActionKind> actions) {
        boolean isNeeded = actions.anyMatch(ActionKind::needsRecordedInputs);
        if (isNeeded && file == null) {
            return Optional.of("--action " + ActionKind.CONFINE
                    + " needs --calibration FILE; scripts/record_calibration.py writes one");
        }
        return isNeeded || file == null
                ? Optional.empty()
                : Optional.of("--calibration requires --action " + ActionKind.CONFINE + ": no other action uses it");
    }
}

package io.github.splora.cli;

import io.github.splora.report.HeldBackText;
import io.github.splora.sweep.SweepReport;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a sweep.
 *
 * @param folder the folder for the best candidate; null if none was given
 */
record SweepOutcome(SweepReport report, @Nullable Path folder) {

    /** Returns a failure code if there are conditions that nothing meets, or that the best candidate fails on held-back prompts. */
    int exitCode() {
        return (report.hasConditions() && !report.hasBest()) || report.failsConfirmation()
                ? ExitCode.GATE_FAILED
                : ExitCode.DONE;
    }

    /** Returns why the best candidate is not confirmed; empty if it is. */
    Optional<String> refusal() {
        return HeldBackText.refusal(report)
                .map(sentence -> folder == null ? sentence : "did not write " + folder + ": " + sentence);
    }

    /** Returns what was written to the folder; empty without one. */
    Optional<String> written() {
        if (folder == null || report.failsConfirmation()) {
            return Optional.empty();
        }
        if (report.winner() == null) {
            return Optional.of("did not write " + folder + ": there is no best candidate");
        }
        if (!report.hasBest()) {
            return Optional.of("did not write " + folder
                    + ": no candidate within --max-utility-loss is less harmful than the unchanged adapter");
        }
        return Optional.of(
                report.winner() == 0
                        ? "wrote " + folder
                                + ": a copy of the unchanged adapter, which is the best of those that meet every --require"
                        : "wrote " + folder);
    }
}

package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.Scratch;
import io.github.splora.output.ShutdownHook;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.Evaluation;
import io.github.splora.sweep.RememberingEvaluator;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Evaluates a sweep's best candidate and the unchanged adapter on held-back prompts. No other candidate is evaluated there: choosing
 * among several would be selecting on these prompts, too.
 */
final class SweepConfirmation {

    private final SweepOptions options;
    private final RunInputs inputs;
    private final SweepTrials trials;
    private final SweepProgress listener;
    private final RememberingEvaluator evaluator;

    SweepConfirmation(
            SweepOptions options, String command, RunInputs inputs, SweepTrials trials, SweepProgress listener) {
        this.options = options;
        this.inputs = inputs;
        this.trials = trials;
        this.listener = listener;
        this.evaluator = options.evaluator(command);
    }

    /**
     * Confirms the winner, or says which conditions it does not meet.
     *
     * @throws BadInputException if an evaluation fails
     */
    Confirmation of(SweepReport report, ReportClock clock) throws IOException {
        Trial winner = report.trials().get(Objects.requireNonNull(report.winner()));
        Evaluation best = evaluated(winner);
        boolean isUnchanged = winner.number() == 0;
        Evaluation before = isUnchanged ? best : evaluated(report.trials().get(0));
        return new Confirmation(
                evaluator.command(),
                best.figures(),
                before.figures(),
                clock.seconds(best.seconds() + (isUnchanged ? 0 : before.seconds())),
                options.goal().unconfirmedBy(best.figures(), before.figures()));
    }

    private Evaluation evaluated(Trial trial) throws IOException {
        requireRunning();
        Adapter adapter = inputs.adapters().get(0).adapter();
        try (Scratch scratch = Scratch.create()) {
            Path folder = Files.createDirectories(scratch.folder().resolve(String.valueOf(trial.number())));
            AdapterWriter.write(
                    adapter, Objects.requireNonNull(trials.made(trial.number()).rewrite()), folder);
            Evaluation evaluation = evaluator.evaluate(folder, trial.options());
            requireRunning();
            if (evaluation.hasFailed()) {
                throw failed(trial, Objects.requireNonNull(evaluation.failure()));
            }
            listener.confirming(trial, evaluation);
            return evaluation;
        }
    }

    private static void requireRunning() throws IOException {
        if (ShutdownHook.isShuttingDown()) {
            throw new IOException("interrupted");
        }
    }

    private BadInputException failed(Trial trial, String failure) {
        return new BadInputException(List.of(new Problem(
                "--confirm",
                null,
                "'" + evaluator.command() + "'",
                "for " + described(trial) + ", the command " + failure
                        + "; so the best candidate is not confirmed and not written. Fix the command and sweep again, "
                        + (options.trials().isPresent()
                                ? "with --resume to reuse the other evaluations"
                                : "with --trials FILE.jsonl, so that --resume can reuse the evaluations"))));
    }

    private static String described(Trial trial) {
        return trial.number() == 0
                ? trial.origin()
                : "the best candidate, " + trial.number() + " (" + trial.origin() + ")";
    }
}

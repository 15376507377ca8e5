package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoadedModules;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.OutputFolder;
import io.github.splora.output.Scratch;
import io.github.splora.report.EffectRow;
import io.github.splora.score.Effect;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.SweepReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Tries many corrections of one adapter. One pass over the checkpoints computes all scores and all corrected factors.
 * Then each candidate is written, evaluated, and deleted again unless it is kept. The best one may be confirmed on held-back
 * prompts before it is written for good.
 */
public final class SweepRun {

    private final RunContext context;
    private final SweepProgress listener;

    public SweepRun(RunContext context, SweepProgress listener) {
        this.context = context;
        this.listener = listener;
    }

    public SweepReport run(SweepOptions options) throws IOException {
        Stopwatch total = Stopwatch.start();
        try (RunInputs inputs = RunInputs.open(options.inputs(), context.hub())) {
            inputs.requireTrainedOnAligned(context.isStrict());
            if (inputs.adapters().size() != 1) {
                throw new BadInputException(List.of(new Problem(
                        "--adapter",
                        null,
                        null,
                        "a sweep takes one adapter (got " + inputs.adapters().size() + ")")));
            }
            Optional<OutputFolder> output =
                    options.output().map(folder -> OutputFolder.prepare(folder, options.force(), inputs.paths()));
            Optional<OutputFolder> keep =
                    options.keep().map(folder -> OutputFolder.prepare(folder, options.force(), inputs.paths()));

            warn(inputs);
            SweepCandidates candidates = new SweepCandidates(options, inputs, context.progress());
            SweepTrials trials = keep.isPresent()
                    ? kept(keep.get(), options, inputs, candidates)
                    : passing(options, inputs, candidates);
            requireAnyFigures(options, trials);
            SweepReport report = confirmed(judged(options, trials, total), options, inputs, trials, total);
            if (output.isPresent() && report.hasBest() && !report.failsConfirmation()) {
                new SweepWinner(context, options, inputs, candidates)
                        .publish(output.get(), trials.made(Objects.requireNonNull(report.winner())), report, total);
            }
            inputs.requireUnchanged();
            return report;
        }
    }

    private SweepReport judged(SweepOptions options, SweepTrials trials, Stopwatch total) {
        return SweepReport.of(
                "splora " + context.version(),
                context.clock().now(),
                context.command(),
                options.inputs().adapters().get(0),
                options.evaluate(),
                options.goal(),
                trials.all().stream()
                        .map(trial -> trial.taking(context.clock()::seconds))
                        .toList(),
                context.clock().seconds(total.seconds()));
    }

    private SweepReport confirmed(
            SweepReport report, SweepOptions options, RunInputs inputs, SweepTrials trials, Stopwatch total)
            throws IOException {
        if (options.confirm().isEmpty() || !report.hasBest()) {
            return report;
        }
        Confirmation confirmation = new SweepConfirmation(
                        options, options.confirm().get(), inputs, trials, listener)
                .of(report, context.clock());
        return report.confirmed(confirmation, context.clock().seconds(total.seconds()));
    }

    /** Names what no candidate changes, since corrections are of modules. */
    private void warn(RunInputs inputs) {
        Adapter adapter = inputs.adapters().get(0).adapter();
        List<Effect> effects = new AdapterEffects(inputs.base(), inputs.aligned()).of(adapter);
        ReportWarnings.ofEffects(effects.stream().map(EffectRow::of).toList(), "not corrected in any candidate", null)
                .ifPresent(listener::warn);
        ReportWarnings.ofIgnored(List.copyOf(new TreeSet<>(LoadedModules.ignored(adapter.config(), adapter.modules()))))
                .ifPresent(listener::warn);
        inputs.trainedOn(0).warnings().forEach(listener::warn);
    }

    private SweepTrials kept(OutputFolder keep, SweepOptions options, RunInputs inputs, SweepCandidates candidates)
            throws IOException {
        List<SweepTrials> done = new ArrayList<>();
        keep.publish(folder -> done.add(new SweepTrials(options, inputs, candidates, folder, listener).run()));
        return done.get(0);
    }

    private SweepTrials passing(SweepOptions options, RunInputs inputs, SweepCandidates candidates) throws IOException {
        try (Scratch scratch = Scratch.create()) {
            return new SweepTrials(options, inputs, candidates, scratch.folder(), listener).run();
        }
    }

    private static void requireAnyFigures(SweepOptions options, SweepTrials trials) {
        if (options.evaluate().isPresent() && trials.all().stream().allMatch(trial -> trial.failure() != null)) {
            throw new BadInputException(List.of(new Problem(
                    "--evaluate",
                    null,
                    "'" + options.evaluate().get() + "'",
                    "every evaluation failed; for the unchanged adapter, the command "
                            + trials.all().get(0).failure())));
        }
    }
}

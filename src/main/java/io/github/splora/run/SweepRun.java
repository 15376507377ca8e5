package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoadedModules;
import io.github.splora.adapter.LoraModule;
import io.github.splora.client.AdapterContent;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.OutputFolder;
import io.github.splora.output.Scratch;
import io.github.splora.report.EffectRow;
import io.github.splora.report.Provenance.ChoiceBySweep;
import io.github.splora.report.RunReport;
import io.github.splora.run.SweepCandidates.Made;
import io.github.splora.score.Effect;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.Rewrite;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Tries many corrections of one adapter. One pass over the checkpoints computes all scores and all corrected factors.
 * Then each candidate is written, evaluated, and deleted again unless it is kept.
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
            SweepReport report = SweepReport.of(
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
            if (output.isPresent() && report.winner() != null && (report.winner() != 0 || options.canKeepUnchanged())) {
                publish(output.get(), options, inputs, candidates, trials.made(report.winner()), report, total);
            }
            inputs.requireUnchanged();
            return report;
        }
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

    /** Writes the winner with its report, as a prune would; if the winner is the unchanged adapter, writes a copy. */
    private void publish(
            OutputFolder output,
            SweepOptions options,
            RunInputs inputs,
            SweepCandidates candidates,
            Made winner,
            SweepReport sweep,
            Stopwatch total)
            throws IOException {
        Adapter adapter = inputs.adapters().get(0).adapter();
        Rewrite rewrite = Objects.requireNonNull(winner.rewrite());
        OutputFolder.Contents weights = folder -> AdapterWriter.write(adapter, rewrite, folder);
        if (winner.candidate() == null || winner.scored() == null) {
            output.publish(folder -> {
                weights.writeTo(folder);
                inputs.requireUnchanged();
            });
            return;
        }
        RunReport.Inputs described = inputs.describe(context.hashesAll()).get(0);
        RunReport report = new ReportBuilder(
                        context,
                        options.inputs().of(winner.candidate()),
                        described,
                        winner.scored(),
                        winner.decisions(),
                        new AdapterEffects(inputs.base(), inputs.aligned()).of(adapter))
                .withSurgery(winner.candidate().surgery(), candidates.surgery(winner.candidate(), winner.selected()))
                .withOutput(Optional.of(output))
                .withEvaluation(choice(sweep))
                .withHistory(History.of(
                        adapter.location(),
                        Objects.requireNonNull(described.adapter()).sha256()))
                .withCorrected(Corrected.of(adapter, rewrite, candidates.norms(winner.candidate(), winner.selected())))
                .withAddedModules(winner.widening().layers().stream()
                        .map(LoraModule::name)
                        .toList())
                .withWarnings(Stream.concat(
                                inputs.trainedOn(0).warnings().stream(),
                                Warnings.of(
                                        adapter,
                                        rewrite,
                                        AdapterContent.of(winner.widening().widened(), rewrite),
                                        options.inputs().client())
                                        .stream())
                        .toList())
                .build(total.seconds());
        Publication.publish(output, report, inputs.files(), context.statesProvenance(), weights);
    }

    private static ChoiceBySweep choice(SweepReport sweep) {
        Trial winner = sweep.trials().get(Objects.requireNonNull(sweep.winner()));
        return new ChoiceBySweep(
                Objects.requireNonNull(sweep.evaluate()),
                winner.number(),
                sweep.trials().size(),
                sweep.minimize(),
                sweep.maximize(),
                sweep.requirements(),
                sweep.maxUtilityLoss(),
                winner.figures(),
                sweep.trials().get(0).figures());
    }
}

package io.github.splora.run;

import io.github.splora.adapter.TunedModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.effects.MergedEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.OutputFolder;
import io.github.splora.pairing.ChosenTower;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.report.RunReport;
import io.github.splora.score.Effect;
import io.github.splora.select.Decision;
import io.github.splora.select.ModuleFilter;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.CheckpointWriter;
import io.github.splora.surgery.RestoredWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Scores or prunes a merged fine-tune. Its deltas {@code Δ = W_adapted − W_aligned} are scored like an adapter's. A
 * prune sets the selected weights to their aligned values, or restores a part of what alignment did to them.
 */
public final class MergedRun {

    private final RunContext context;

    public MergedRun(RunContext context) {
        this.context = context;
    }

    /** The opened checkpoints. */
    private record Checkpoints(Checkpoint base, Checkpoint aligned, Checkpoint adapted) implements AutoCloseable {

        static Checkpoints open(ScoreOptions options, HubCache hub) {
            List<Problem> problems = new ArrayList<>();
            Checkpoint base = RunInputs.model("--base", options.base(), options, hub, problems);
            Checkpoint aligned = RunInputs.model("--aligned", options.aligned(), options, hub, problems);
            Checkpoint adapted = RunInputs.open(
                    "--adapted", options.adapted().orElseThrow(), options, hub, Checkpoint::openMerged, problems);
            if (base != null && aligned != null) {
                problems.addAll(ChosenTower.problems(base, aligned));
            }
            if (base == null || aligned == null || adapted == null || !problems.isEmpty()) {
                Stream.of(Optional.ofNullable(base), Optional.ofNullable(aligned), Optional.ofNullable(adapted))
                        .flatMap(Optional::stream)
                        .forEach(Checkpoint::close);
                throw new BadInputException(problems);
            }
            return new Checkpoints(base, aligned, adapted);
        }

        List<Path> shards() {
            return Stream.of(base, aligned, adapted)
                    .flatMap(each -> each.shards().stream())
                    .distinct()
                    .toList();
        }

        List<Path> locations() {
            return List.of(base.location(), aligned.location(), adapted.location());
        }

        RunReport.Inputs describe(ScoreOptions options, boolean hashesAll) {
            return new RunReport.Inputs(
                    InputDescription.of(options.base(), base, hashesAll),
                    InputDescription.of(options.aligned(), aligned, hashesAll),
                    null,
                    InputDescription.of(options.adapted().orElseThrow(), adapted, hashesAll),
                    null);
        }

        @Override
        public void close() {
            Stream.of(base, aligned, adapted).forEach(Checkpoint::close);
        }
    }

    public RunReport score(ScoreOptions options) {
        Stopwatch total = Stopwatch.start();
        try (Checkpoints checkpoints = Checkpoints.open(options, context.hub())) {
            FileStates files = new FileStates(checkpoints.shards());
            List<PairedModule> pairs = pair(checkpoints, options, name -> false);
            Scored scored = scoreNow(pairs, checkpoints, options);
            RunReport report = new ReportBuilder(
                            context,
                            options,
                            checkpoints.describe(options, context.hashesAll()),
                            scored,
                            options.decide(scored),
                            effects(checkpoints, options))
                    .withHistory(History.of(checkpoints.adapted().location(), null))
                    .build(total.seconds());
            files.requireUnchanged();
            return report;
        }
    }

    /** @throws IllegalArgumentException if the action needs factors, which a merged checkpoint does not have */
    public RunReport prune(PruneOptions options) throws IOException {
        ActionKind action = options.surgery().action();
        if (!action.suitsMerged()) {
            throw new IllegalArgumentException("action " + action
                    + " cannot be applied to a merged checkpoint, which has no factors; use drop or restore");
        }
        Stopwatch total = Stopwatch.start();
        try (Checkpoints checkpoints = Checkpoints.open(options.score(), context.hub())) {
            FileStates files = new FileStates(checkpoints.shards());
            Optional<OutputFolder> output = Optional.ofNullable(options.output())
                    .map(folder -> OutputFolder.prepare(folder, options.force(), checkpoints.locations()));
            List<PairedModule> pairs = pair(checkpoints, options.score(), options.isNamed());
            requireWritable(checkpoints.adapted(), pairs, options.surgery());
            Scored scored = scoreNow(pairs, checkpoints, options.score());
            options.score().requireRule(scored);
            List<Decision> decisions = options.decide(scored);
            Replacement replacement = replacement(checkpoints, pairs, scored, decisions, options);
            RunReport report = new ReportBuilder(
                            context,
                            options.score(),
                            checkpoints.describe(options.score(), context.hashesAll()),
                            scored,
                            decisions,
                            effects(checkpoints, options.score()))
                    .withSurgery(options.surgery().ofMerged(), options.surgery().ofMerged())
                    .withPrune(options)
                    .withOutput(options.dryRun() ? Optional.empty() : output)
                    .withHistory(History.of(checkpoints.adapted().location(), null))
                    .withWarnings(replacement.warnings())
                    .build(total.seconds());
            if (!options.dryRun()) {
                return Publication.publish(
                        output.orElseThrow(),
                        report,
                        files,
                        context.statesProvenance(),
                        folder -> CheckpointWriter.write(checkpoints.adapted(), replacement.tensors(), folder));
            }
            return report;
        }
    }

    /** @param isNamed selects modules that are pruned although they are not scored */
    private static List<PairedModule> pair(Checkpoints checkpoints, ScoreOptions options, Predicate<String> isNamed) {
        List<PairedModule> pairs = MergedPairing.pair(
                checkpoints.base(),
                checkpoints.aligned(),
                checkpoints.adapted(),
                filter(options).or(isNamed),
                !options.include().isEmpty());
        if (pairs.stream().noneMatch(pair -> filter(options).test(pair.name()))) {
            throw new BadInputException(
                    checkpoints.adapted().location(),
                    null,
                    null,
                    "there is no weight to score in this checkpoint; check that it is a model, and that --include and"
                            + " --exclude leave some weights");
        }
        return pairs;
    }

    private static Predicate<String> filter(ScoreOptions options) {
        return new ModuleFilter(options.include(), options.exclude());
    }

    private Scored scoreNow(List<PairedModule> pairs, Checkpoints checkpoints, ScoreOptions options) {
        List<TunedModule> modules = pairs.stream().map(PairedModule::tuned).toList();
        Predicate<String> isScored = filter(options);
        return Scoring.score(
                        List.of(new Scoring.Group(
                                modules,
                                Set.of(),
                                pairs.stream()
                                        .filter(pair -> isScored.test(pair.name()))
                                        .toList())),
                        checkpoints.aligned().location(),
                        List.of(options.scheme()),
                        List.of(),
                        options,
                        context.progress())
                .get(0)
                .get(0);
    }

    private static void requireWritable(Checkpoint merged, List<PairedModule> pairs, Surgery surgery) {
        CheckpointWriter.requireWritable(merged);
        if (surgery.action() == ActionKind.DROP) {
            Replacement.alignedWeights(merged, pairs).requireWritable();
        } else {
            RestoredWeights.requireWritable(
                    merged, pairs.stream().map(Replacement::tensor).toList());
        }
    }

    private Replacement replacement(
            Checkpoints checkpoints,
            List<PairedModule> pairs,
            Scored scored,
            List<Decision> decisions,
            PruneOptions options) {
        Set<String> names = Decision.selectedNames(decisions);
        List<PairedModule> selected =
                pairs.stream().filter(pair -> names.contains(pair.name())).toList();
        return options.surgery()
                .ofMerged()
                .correction(scored.basis(), Optional.empty())
                .map(correction -> Replacement.restored(
                        checkpoints.adapted(), selected, correction, options.score(), context.progress()))
                .orElseGet(() -> Replacement.aligned(checkpoints.adapted(), selected));
    }

    private static List<Effect> effects(Checkpoints checkpoints, ScoreOptions options) {
        return MergedEffects.of(
                checkpoints.base(),
                checkpoints.aligned(),
                checkpoints.adapted(),
                !options.include().isEmpty());
    }
}

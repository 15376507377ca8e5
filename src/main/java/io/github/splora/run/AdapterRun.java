package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.client.AdapterContent;
import io.github.splora.correct.Correction;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.RunReport;
import io.github.splora.score.Effect;
import io.github.splora.score.Scheme;
import io.github.splora.select.Decision;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.AdapterArchive;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.CorrectedFactors;
import io.github.splora.surgery.Rewrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Scores or prunes LoRA adapters. The data flows in one direction: files → paired modules → measurements → scores →
 * decisions → surgery → pruned adapter and report.
 */
public final class AdapterRun {

    private final RunContext context;

    public AdapterRun(RunContext context) {
        this.context = context;
    }

    /**
     * Scores adapters and decides, as a preview, what a prune would remove. Writes nothing. The checkpoints are read
     * once for all adapters, and each adapter gets the same scores as in a run without the others.
     *
     * @return a report for each adapter, in their order
     * @throws BadInputException if an input cannot be used
     */
    public List<RunReport> score(ScoreOptions options) {
        Stopwatch total = Stopwatch.start();
        try (RunInputs inputs = RunInputs.open(options, context.hub())) {
            inputs.requireTrainedOnAligned(context.isStrict());
            List<Scored> scored = new Scoring(inputs, context.progress())
                    .run(List.of(options.scheme()), List.of())
                    .get(0);
            List<RunReport.Inputs> described = inputs.describe(context.hashesAll());
            AdapterEffects effects = new AdapterEffects(inputs.base(), inputs.aligned());
            List<RunReport> reports = new ArrayList<>();
            for (int i = 0; i < scored.size(); i++) {
                reports.add(report(context, inputs, i, described.get(i), scored.get(i), effects, total));
            }
            inputs.requireUnchanged();
            return reports;
        }
    }

    /** Reports on the scores of one adapter. */
    static RunReport report(
            RunContext context,
            RunInputs inputs,
            int index,
            RunReport.Inputs described,
            Scored scored,
            AdapterEffects effects,
            Stopwatch total) {
        Adapter adapter = inputs.adapters().get(index).adapter();
        List<Decision> decisions = inputs.options().decide(scored);
        return new ReportBuilder(context, inputs.options(), described, scored, decisions, effects.of(adapter))
                .withHistory(history(adapter, described))
                .withWarnings(Stream.of(
                                inputs.trainedOn(index).warnings(),
                                Warnings.of(adapter),
                                NonFinite.warnings(adapter, decisions))
                        .flatMap(List::stream)
                        .toList())
                .build(total.seconds());
    }

    /**
     * Prunes adapters, each into a new folder with its report; with {@link PruneOptions#dryRun}, only decides. A single
     * adapter is written to the output folder itself; several adapters each get a subfolder, named after the adapter.
     *
     * @return a report for each adapter, in their order
     * @throws BadInputException if an input cannot be used or an output is in the way; then nothing is written
     * @throws IOException if an output cannot be written; then no part of that output exists
     */
    public List<RunReport> prune(PruneOptions options) throws IOException {
        Stopwatch total = Stopwatch.start();
        try (RunInputs inputs = RunInputs.open(options.score(), context.hub())) {
            inputs.requireTrainedOnAligned(context.isStrict());
            List<OutputFolder> outputs = Outputs.prepare(options, inputs);
            Action action = options.surgery().planned(options.score().client());
            List<SurgeryPlan> plans = inputs.ofEachAdapter(i -> {
                inputs.requireRecorded(
                        options.surgery().action(), inputs.adapters().get(i).adapter());
                SurgeryPlan plan =
                        new SurgeryPlanner(inputs.adapters().get(i).adapter(), inputs).plan(options.surgery());
                if (!plan.isOptional()) {
                    SurgeryPlanner.requireFit(action, inputs, plan.widening());
                }
                return plan;
            });

            List<RunReport.Inputs> described = inputs.describe(context.hashesAll());
            CorrectedModules corrected = new CorrectedModules();
            List<Scored> scored = scores(options, inputs, described, plans, corrected);
            AdapterEffects effects = new AdapterEffects(inputs.base(), inputs.aligned());
            List<Pruned> pruned = inputs.ofEachAdapter(i -> {
                Adapter adapter = inputs.adapters().get(i).adapter();
                options.score().requireRule(scored.get(i));
                List<Decision> decisions = options.decide(scored.get(i));
                Set<String> selected = Decision.selectedNames(decisions);
                Optional<Correction> correction =
                        plans.get(i).surgery().correction(scored.get(i).basis(), inputs.calibration());
                if (options.scores().isPresent()) {
                    correction.ifPresent(each -> new Scoring(inputs, context.progress())
                            .correct(i, selected, corrected.requests(List.of(each))));
                }
                correction.ifPresent(each -> corrected.requirePlausibleGain(each, adapter, selected));
                Rewritten rewritten = plans.get(i)
                        .carryOut(
                                selected,
                                plan -> rewritten(plan, options, inputs, selected, correction, corrected),
                                Rewritten::widening);
                Surgery surgery = rewritten.plan().surgery();
                Rewrite rewrite = rewritten.rewrite();
                List<Effect> changes = effects.of(adapter);
                RunReport report = new ReportBuilder(
                                context, options.score(), described.get(i), scored.get(i), decisions, changes)
                        .withSurgery(
                                surgery,
                                correction
                                        .map(each -> surgery.withGain(corrected.gain(each, adapter, selected)))
                                        .orElse(surgery))
                        .withPrune(options)
                        .withOutput(options.dryRun() ? Optional.empty() : Optional.of(outputs.get(i)))
                        .withHistory(history(adapter, described.get(i)))
                        .withCorrected(Corrected.of(
                                adapter,
                                rewrite,
                                correction
                                        .map(each -> corrected.norms(each, adapter, selected))
                                        .orElse(Map.of())))
                        .withAddedModules(rewritten.widening().layers().stream()
                                .map(LoraModule::name)
                                .toList())
                        .withWarnings(Stream.of(
                                        inputs.trainedOn(i).warnings(),
                                        Warnings.of(
                                                adapter,
                                                rewrite,
                                                rewritten.content(),
                                                inputs.options().client()),
                                        rewritten.plan().warnings(),
                                        correction
                                                .map(each -> corrected.gainWarnings(each, adapter, selected))
                                                .orElse(List.of()),
                                        Warnings.keptWeights(adapter, rewrite, selected, changes),
                                        surgery.action().needsRecordedInputs()
                                                ? Warnings.notConfined(decisions)
                                                : List.<String>of(),
                                        NonFinite.warnings(adapter, decisions))
                                .flatMap(List::stream)
                                .toList())
                        .build(total.seconds());
                return new Pruned(adapter, rewrite, report);
            });
            if (options.dryRun()) {
                return pruned.stream().map(Pruned::report).toList();
            }
            List<RunReport> published = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                Pruned each = pruned.get(i);
                published.add(Publication.publish(
                        outputs.get(i), each.report(), inputs.files(), context.statesProvenance(), folder -> {
                            AdapterWriter.write(each.adapter(), each.rewrite(), folder);
                            if (options.score().client().client().takesArchive()) {
                                AdapterArchive.write(folder);
                            }
                        }));
            }
            return published;
        }
    }

    /** A pruned adapter, ready to be written. */
    private record Pruned(Adapter adapter, Rewrite rewrite, RunReport report) {}

    /**
     * An adapter after its surgery.
     *
     * @param plan what was done
     * @param widening the layers that became modules
     */
    private record Rewritten(SurgeryPlan plan, Widening widening, Rewrite rewrite, AdapterContent content) {}

    private Rewritten rewritten(
            SurgeryPlan plan,
            PruneOptions options,
            RunInputs inputs,
            Set<String> selected,
            Optional<Correction> correction,
            CorrectedModules corrected) {
        Adapter adapter = plan.widening().adapter();
        Map<String, CorrectedFactors> factors = new HashMap<>(correction
                .map(each -> corrected.factors(each, adapter, selected))
                .orElse(Map.of()));
        Widening around = plan.widening().around(selected);
        Widening widening = around.layers().isEmpty()
                ? around
                : restored(inputs, around, correction.orElseThrow(), corrected, factors);
        Adapter widened = widening.widened();
        Action action = plan.surgery().planned(options.score().client());
        Rewrite applied = widening.targeted(action.apply(widened, widening.with(selected), factors));
        Rewrite rewrite = options.baseName()
                .map(name -> applied.withBaseName(widened, name))
                .orElse(applied);
        return new Rewritten(plan, widening, rewrite, SurgeryPlanner.requireLoadable(inputs, widened, rewrite));
    }

    /** Restores further layers: adds their factors to the others, and returns the widening by those in which there is something. */
    private Widening restored(
            RunInputs inputs,
            Widening widening,
            Correction correction,
            CorrectedModules corrected,
            Map<String, CorrectedFactors> factors) {
        new Scoring(inputs, context.progress())
                .correct(widening.pairs(inputs.base(), inputs.aligned()), corrected.additions(List.of(correction)));
        Map<String, CorrectedFactors> ofLayers = corrected.restored(correction, widening.layers());
        factors.putAll(ofLayers);
        return widening.restoredIn(ofLayers.keySet(), inputs.options().client());
    }

    /**
     * Returns the scores, computed now or read from a file. Computing them also computes corrected factors for all
     * modules, since the selection is known only afterwards.
     */
    private List<Scored> scores(
            PruneOptions options,
            RunInputs inputs,
            List<RunReport.Inputs> described,
            List<SurgeryPlan> plans,
            CorrectedModules corrected) {
        if (options.scores().isEmpty()) {
            Scheme scheme = options.score().scheme();
            Scored.Basis basis = Scored.Basis.of(scheme, options.score());
            List<CorrectionRequest> corrections = corrected.requests(plans.stream()
                    .flatMap(plan -> plan.surgery().correction(basis, inputs.calibration()).stream())
                    .toList());
            return new Scoring(inputs, context.progress())
                    .run(List.of(scheme), corrections)
                    .get(0);
        }
        return List.of(SavedScores.read(
                options.scores().get(), inputs.adapters().get(0).adapter(), described.get(0)));
    }

    private static History history(Adapter adapter, RunReport.Inputs described) {
        return History.of(
                adapter.location(), Objects.requireNonNull(described.adapter()).sha256());
    }
}

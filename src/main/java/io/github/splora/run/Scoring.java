package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoadedModules;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.PeftKeys;
import io.github.splora.adapter.TunedModule;
import io.github.splora.backend.Backend;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.measure.Measurement;
import io.github.splora.measure.MeasuringProgress;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.measure.Reference;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.report.RunReport;
import io.github.splora.score.Scheme;
import io.github.splora.score.ScoreBoard;
import io.github.splora.select.ModuleFilter;
import io.github.splora.storage.TensorInfo;
import io.github.splora.tensor.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Computes scores: measures all adapters in one pass over the checkpoints, then scores each among its own modules. */
final class Scoring {

    private final RunInputs inputs;
    private final ScoreOptions options;
    private final Progress progress;

    Scoring(RunInputs inputs, Progress progress) {
        this.inputs = inputs;
        this.options = inputs.options();
        this.progress = progress;
    }

    /**
     * Scores every adapter independently of the others.
     *
     * @param schemes the ways to score
     * @param corrections the corrections to compute in the same pass
     * @return for each scheme, the scores in the order of the adapters
     * @throws BadInputException with the problems of all adapters that do not fit the checkpoints
     */
    List<List<Scored>> run(List<Scheme> schemes, List<CorrectionRequest> corrections) {
        List<Group> groups = inputs.ofEachAdapter(i -> group(i, schemes));
        return score(groups, inputs.aligned().location(), schemes, corrections, options, progress);
    }

    /**
     * Pairs an adapter's modules with their weights.
     *
     * @throws BadInputException if it does not fit the checkpoints
     */
    Group group(int index, List<Scheme> schemes) {
        Adapter adapter = inputs.adapters().get(index).adapter();
        Set<String> ignored = LoadedModules.ignored(adapter.config(), adapter.modules());
        if (ignored.size() == adapter.modules().size()) {
            // What does not fit the checkpoints says more.
            pair(adapter, Set.of(), schemes);
            throw nothingLoaded(adapter);
        }
        return new Group(adapter.modules(), ignored, pair(adapter, ignored, schemes));
    }

    /** Pairs some of an adapter's modules with their weights. */
    List<PairedModule> pairs(int index, Set<String> names) {
        Adapter adapter = inputs.adapters().get(index).adapter();
        List<LoraModule> modules = adapter.modules().stream()
                .filter(module -> names.contains(module.name()))
                .toList();
        return ModulePairing.pair(modules, adapter.config(), inputs.base(), inputs.aligned());
    }

    /** Computes corrections of the selected modules without scoring them. */
    void correct(int adapter, Set<String> selected, List<CorrectionRequest> corrections) {
        Adapter corrected = inputs.adapters().get(adapter).adapter();
        List<LoraModule> modules = corrected.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .toList();
        correct(
                modules.isEmpty()
                        ? List.of()
                        : ModulePairing.pair(modules, corrected.config(), inputs.base(), inputs.aligned()),
                corrections);
    }

    /** Computes corrections of modules without scoring them. */
    void correct(List<PairedModule> pairs, List<CorrectionRequest> corrections) {
        correct(pairs, corrections, options, progress);
    }

    /** Computes corrections of modules without scoring them. */
    static void correct(
            List<PairedModule> pairs, List<CorrectionRequest> corrections, ScoreOptions options, Progress progress) {
        if (!pairs.isEmpty()) {
            Kernel kernel = Backend.start(bytesToWalk(pairs, corrections), options.device(), options.kernel())
                    .kernel();
            measure(kernel, pairs, List.of(), corrections, options, progress);
        }
    }

    /**
     * Modules that are scored against each other.
     *
     * @param modules all modules
     * @param notLoaded names of the modules that the model never gets
     * @param pairs the modules to score, with their weights
     */
    record Group(List<? extends TunedModule> modules, Set<String> notLoaded, List<PairedModule> pairs) {}

    /** Measures all groups in one pass, then scores each group by each scheme. */
    static List<List<Scored>> score(
            List<Group> groups,
            Path aligned,
            List<Scheme> schemes,
            List<CorrectionRequest> corrections,
            ScoreOptions options,
            Progress progress) {
        Stopwatch stopwatch = Stopwatch.start();
        List<Scheme> measured = new ArrayList<>();
        schemes.stream()
                .filter(scheme -> measured.stream().noneMatch(scheme::sharesMeasurementsWith))
                .forEach(measured::add);
        List<PairedModule> all =
                groups.stream().flatMap(each -> each.pairs().stream()).toList();
        Backend backend = Backend.start(bytesToWalk(all, corrections), options.device(), options.kernel());
        List<List<Measurement>> measurements = measure(
                backend.kernel(),
                all,
                measured.stream().map(Scheme::measured).toList(),
                corrections,
                options,
                progress);
        RunReport.Engine described = described(backend, options);
        List<List<Scored>> scored = new ArrayList<>();
        for (Scheme scheme : schemes) {
            int place = IntStream.range(0, measured.size())
                    .filter(i -> scheme.sharesMeasurementsWith(measured.get(i)))
                    .findFirst()
                    .orElseThrow();
            List<Scored> ofScheme = new ArrayList<>();
            int begin = 0;
            for (Group each : groups) {
                int end = begin + each.pairs().size();
                ofScheme.add(scored(
                        each,
                        measurements.get(place).subList(begin, end),
                        aligned,
                        scheme,
                        options,
                        described,
                        stopwatch));
                begin = end;
            }
            scored.add(ofScheme);
        }
        return scored;
    }

    private static RunReport.Engine described(Backend backend, ScoreOptions options) {
        Backend.Arithmetic arithmetic = backend.arithmetic();
        return new RunReport.Engine(
                arithmetic.name(),
                arithmetic.version(),
                backend.device(),
                options.resources().threads());
    }

    private static Scored scored(
            Group group,
            List<Measurement> measurements,
            Path aligned,
            Scheme scheme,
            ScoreOptions options,
            RunReport.Engine described,
            Stopwatch stopwatch) {
        return new Scored(
                ScoreBoard.of(
                        group.modules(),
                        group.notLoaded(),
                        measurements,
                        scheme.metric().metric(),
                        scheme.standardization(),
                        aligned),
                Scored.Basis.of(scheme, options),
                described,
                stopwatch.seconds(),
                bytes(group.pairs()));
    }

    /**
     * Measures modules without scoring them.
     *
     * @param bytes size of all weights of the run, by which the kernel is chosen
     */
    static List<Measurement> measured(List<PairedModule> pairs, long bytes, ScoreOptions options) {
        Backend backend = Backend.start(bytes, options.device(), options.kernel());
        return measure(
                        backend.kernel(),
                        pairs,
                        List.of(options.scheme().measured()),
                        List.of(),
                        options,
                        Progress.SILENT)
                .get(0);
    }

    /** Scores modules that have been measured, in the order of the group's pairs. */
    static Scored scored(
            Group group,
            List<Measurement> measurements,
            Path aligned,
            long bytes,
            ScoreOptions options,
            Stopwatch total) {
        return scored(
                group,
                measurements,
                aligned,
                options.scheme(),
                options,
                described(Backend.start(bytes, options.device(), options.kernel()), options),
                total);
    }

    private static BadInputException nothingLoaded(Adapter adapter) {
        return new BadInputException(
                adapter.weights().path(),
                TensorInfo.label(adapter.modules().get(0).loraA().name()),
                null,
                "PEFT would load no module of this adapter: it looks for keys that begin with '" + PeftKeys.PREFIX
                        + "', of modules that target_modules and exclude_modules in " + AdapterConfig.FILE_NAME
                        + " select; load the adapter with the library that wrote it, and save it with PEFT");
    }

    private List<PairedModule> pair(Adapter adapter, Set<String> ignored, List<Scheme> schemes) {
        ModuleFilter filter = new ModuleFilter(options.include(), options.exclude());
        List<LoraModule> participants = adapter.modules().stream()
                .filter(module -> filter.test(module.name()) && !ignored.contains(module.name()))
                .toList();
        if (participants.isEmpty()) {
            throw new BadInputException(List.of(new Problem(
                    "--include, --exclude",
                    null,
                    null,
                    "these leave no module of the adapter; its modules have names like '"
                            + adapter.modules().get(0).name() + "'")));
        }
        schemes.forEach(scheme -> refuseFullRank(adapter, participants, scheme.reference()));
        return ModulePairing.pair(participants, adapter.config(), inputs.base(), inputs.aligned());
    }

    /** Refuses DoRA modules if the reference needs low-rank factors, which DoRA's deltas do not have. */
    private static void refuseFullRank(Adapter adapter, List<LoraModule> participants, ReferenceKind reference) {
        if (!reference.takesFullRank()) {
            participants.stream()
                    .filter(module -> !module.isLowRank())
                    .findFirst()
                    .ifPresent(module -> {
                        throw new BadInputException(
                                adapter.location(),
                                "module '" + module.name() + "'",
                                null,
                                "is a DoRA module, whose delta does not have low rank, as --reference " + reference
                                        + " requires; use --reference alignment");
                    });
        }
    }

    private static List<List<Measurement>> measure(
            Kernel kernel,
            List<PairedModule> pairs,
            List<Reference> references,
            List<CorrectionRequest> corrections,
            ScoreOptions options,
            Progress progress) {
        ModuleScorer scorer = new ModuleScorer(
                kernel, references, corrections, options.scheme().seed(), options.resources());
        progress.begin(pairs.size(), bytes(pairs));
        try {
            return scorer.measure(pairs, new MeasuringProgress() {
                @Override
                public void done(PairedModule module) {
                    progress.moduleDone(module.byteLength());
                }

                @Override
                public void walked(PairedModule module, int walks) {
                    progress.moduleWalked(module.name(), walks);
                }
            });
        } finally {
            progress.end();
        }
    }

    /** Estimates how many bytes all walks over the weights process. */
    private static long bytesToWalk(List<PairedModule> pairs, List<CorrectionRequest> corrections) {
        int steps = corrections.stream()
                .mapToInt(each -> each.method().steps())
                .max()
                .orElse(0);
        return bytesOfWeights(pairs) * (1 + 2L * steps);
    }

    /** Counts weights that several adapters change only once, since the walk reads them once. */
    private static long bytesOfWeights(List<PairedModule> pairs) {
        return pairs.stream()
                .flatMap(pair -> pair.weights().stream())
                .distinct()
                .mapToLong(Weights::byteLength)
                .sum();
    }

    private static long bytes(List<PairedModule> pairs) {
        return pairs.stream().mapToLong(PairedModule::byteLength).sum();
    }
}

package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.calibration.Calibration;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.inspect.RecordedModels;
import io.github.splora.inspect.TrainedOn;
import io.github.splora.pairing.ChosenTower;
import io.github.splora.report.HashedFile;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.CheckpointInput;
import io.github.splora.select.ModuleFilter;
import io.github.splora.surgery.ActionKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The opened inputs of a run: two checkpoints, and adapters that are all compared with these.
 *
 * @param recorded the models that adapters name, compared with the checkpoints
 * @param calibration what was recorded of the aligned model's inputs; empty if nothing was given
 */
record RunInputs(
        ScoreOptions options,
        Checkpoint base,
        Checkpoint aligned,
        List<OpenAdapter> adapters,
        RecordedModels recorded,
        Optional<Calibration> calibration,
        FileStates files)
        implements AutoCloseable {

    /** @throws BadInputException with the problems of all inputs, not only of the first */
    static RunInputs open(ScoreOptions options, HubCache hub) {
        List<Problem> problems = new ArrayList<>();
        Checkpoint base = model("--base", options.base(), options, hub, problems);
        Checkpoint aligned = model("--aligned", options.aligned(), options, hub, problems);
        List<OpenAdapter> adapters = new ArrayList<>();
        for (String given : OpenAdapter.expanded(options.adapters(), hub, options.revision())) {
            Adapter adapter = open("--adapter", given, options, hub, Adapter::open, problems);
            if (adapter != null) {
                adapters.add(new OpenAdapter(given, adapter));
            }
        }
        Optional<Calibration> calibration = calibration(options, problems);
        if (base != null && aligned != null) {
            problems.addAll(ChosenTower.problems(base, aligned));
        }
        if (base == null || aligned == null || !problems.isEmpty()) {
            closeAll(base, aligned, adapters);
            calibration.ifPresent(Calibration::close);
            throw new BadInputException(problems);
        }
        return of(options, base, aligned, adapters, new RecordedModels(Optional.of(base), aligned, hub), calibration);
    }

    private static Optional<Calibration> calibration(ScoreOptions options, List<Problem> problems) {
        try {
            return options.calibration().map(Calibration::open);
        } catch (BadInputException e) {
            e.problems().stream().map(problem -> problem.at("--calibration")).forEach(problems::add);
            return Optional.empty();
        }
    }

    /**
     * The inputs of a run on adapters that are open already. Closing them closes the checkpoints, too.
     *
     * @param recorded what the models that adapters name are compared with
     */
    static RunInputs of(
            ScoreOptions options,
            Checkpoint base,
            Checkpoint aligned,
            List<OpenAdapter> adapters,
            RecordedModels recorded) {
        return of(options, base, aligned, adapters, recorded, Optional.empty());
    }

    private static RunInputs of(
            ScoreOptions options,
            Checkpoint base,
            Checkpoint aligned,
            List<OpenAdapter> adapters,
            RecordedModels recorded,
            Optional<Calibration> calibration) {
        return new RunInputs(
                options,
                base,
                aligned,
                List.copyOf(adapters),
                recorded,
                calibration,
                new FileStates(Stream.concat(
                                filesOf(base, aligned, adapters).stream(), calibration.map(Calibration::path).stream())
                        .toList()));
    }

    /**
     * Checks, by names and weights, that each adapter was trained on the aligned model.
     *
     * @throws BadInputException if they say otherwise and {@code isStrict}
     */
    void requireTrainedOnAligned(boolean isStrict) {
        ofEachAdapter(i -> {
            TrainedOn found = trainedOn(i);
            if (isStrict && found.isContradiction()) {
                throw new BadInputException(List.of(new Problem(
                        adapters.get(i).adapter().config().file().toString(),
                        "base_model_name_or_path",
                        null,
                        found.sentence() + "; --no-strict scores it all the same")));
            }
            return found;
        });
    }

    /**
     * Checks that what an action needs was recorded for each of an adapter's modules.
     *
     * @throws BadInputException if something is missing
     */
    void requireRecorded(ActionKind action, Adapter adapter) {
        if (!action.needsRecordedInputs()) {
            return;
        }
        Calibration recorded = calibration.orElseThrow(() -> new BadInputException(
                List.of(new Problem("--calibration", null, null, "is missing, and --action " + action + " needs it"))));
        List<Problem> others = modules(adapter)
                .filter(module -> !module.kind().readsFeatures())
                .map(module -> new Problem(
                        adapter.location().toString(),
                        "module '" + module.name() + "'",
                        null,
                        "is not a linear layer (" + module.kind().label()
                                + "), and only those can be confined; leave it out" + " with --exclude"))
                .toList();
        if (!others.isEmpty()) {
            throw new BadInputException(others);
        }
        recorded.requireAll(modules(adapter).map(LoraModule::name).toList());
    }

    /** The modules that take part in the run. */
    Stream<LoraModule> modules(Adapter adapter) {
        ModuleFilter filter = new ModuleFilter(options.include(), options.exclude());
        return adapter.modules().stream().filter(module -> filter.test(module.name()));
    }

    /** Returns what names and weights say about the model that an adapter was trained on. */
    TrainedOn trainedOn(int adapter) {
        return TrainedOn.of(adapters.get(adapter).adapter(), recorded);
    }

    List<Path> paths() {
        return Stream.of(
                        Stream.of(base.location(), aligned.location()),
                        adapters.stream().map(OpenAdapter::path),
                        calibration.stream().map(Calibration::path))
                .flatMap(part -> part)
                .toList();
    }

    /**
     * Does the same with every adapter.
     *
     * @param work receives an adapter's index in {@link #adapters}
     * @return the results, in the order of the adapters
     * @throws BadInputException with the problems of all adapters; if there are several, each problem names its adapter
     */
    <T> List<T> ofEachAdapter(IntFunction<T> work) {
        List<T> results = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < adapters.size(); i++) {
            try {
                results.add(work.apply(i));
            } catch (BadInputException e) {
                OpenAdapter adapter = adapters.get(i);
                e.problems().stream()
                        .map(problem -> adapters.size() == 1 || adapter.isNamedIn(problem)
                                ? problem
                                : problem.of(adapter.given()))
                        .forEach(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        return results;
    }

    /** @throws BadInputException if a file has changed since the inputs were opened, which makes the results invalid */
    void requireUnchanged() {
        files.requireUnchanged();
    }

    private static List<Path> filesOf(Checkpoint base, Checkpoint aligned, List<OpenAdapter> adapters) {
        Stream<Path> shards = Stream.concat(base.shards().stream(), aligned.shards().stream());
        Stream<Path> ofAdapters = adapters.stream()
                .map(OpenAdapter::adapter)
                .flatMap(adapter ->
                        Stream.of(adapter.weights().path(), adapter.config().file()));
        return Stream.concat(shards, ofAdapters).distinct().toList();
    }

    /**
     * Describes the inputs for each adapter's report, in the order of the adapters. Reads all of each adapter, and a
     * sample of every checkpoint tensor.
     *
     * @param hashesAll whether to read and hash all of the checkpoints, too
     */
    List<RunReport.Inputs> describe(boolean hashesAll) {
        CheckpointInput describedBase = InputDescription.of(options.base(), base, hashesAll);
        CheckpointInput describedAligned = InputDescription.of(options.aligned(), aligned, hashesAll);
        HashedFile describedCalibration =
                calibration.map(Calibration::path).map(InputDescription::hashed).orElse(null);
        return adapters.stream()
                .map(each -> new RunReport.Inputs(
                        describedBase,
                        describedAligned,
                        InputDescription.of(each.given(), each.adapter()),
                        null,
                        describedCalibration))
                .toList();
    }

    @Override
    public void close() {
        closeAll(base, aligned, adapters);
        calibration.ifPresent(Calibration::close);
    }

    /** Opens a checkpoint to compare with. After a problem, returns null. */
    static @Nullable Checkpoint model(
            String option, String name, ScoreOptions options, HubCache hub, List<Problem> problems) {
        Checkpoint checkpoint = open(option, name, options, hub, Checkpoint::openModel, problems);
        return checkpoint == null ? null : checkpoint.choosing(options.tower());
    }

    static <T> @Nullable T open(
            String option,
            String name,
            ScoreOptions options,
            HubCache hub,
            Function<Path, T> opener,
            List<Problem> problems) {
        try {
            return opener.apply(hub.resolve(name, options.revision()));
        } catch (BadInputException e) {
            e.problems().stream().map(problem -> problem.at(option)).forEach(problems::add);
            return null;
        }
    }

    private static void closeAll(@Nullable Checkpoint base, @Nullable Checkpoint aligned, List<OpenAdapter> adapters) {
        Stream.of(base, aligned).filter(Objects::nonNull).forEach(Checkpoint::close);
        adapters.forEach(each -> each.adapter().close());
    }
}

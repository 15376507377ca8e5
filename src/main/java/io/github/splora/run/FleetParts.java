package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.Policy;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.pairing.PairedModule;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.CheckpointInput;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of judging a fleet, for a program that spreads them over machines: survey each adapter, measure modules wherever the
 * weights are read that they change, and judge each adapter by all of its figures. The verdicts are those of {@link FleetRun}.
 *
 * <p>Not safe for use by several threads: each needs an instance.
 */
public final class FleetParts implements AutoCloseable {

    private final RunContext context;
    private final ScoreOptions options;
    private final Policy policy;
    private final FleetModels models;
    private final FleetEntries entries;
    private final AdapterEffects effects;

    private FleetParts(RunContext context, ScoreOptions options, Policy policy, FleetModels models) {
        this.context = context;
        this.options = options;
        this.policy = policy;
        this.models = models;
        this.entries = new FleetEntries(context, options, policy, Optional.empty(), models);
        this.effects = new AdapterEffects(models.base(), models.aligned());
    }

    /**
     * Opens the models, and reads a sample of every tensor.
     *
     * @param options names no adapter
     * @throws BadInputException if a model cannot be used
     */
    public static FleetParts open(RunContext context, ScoreOptions options, Policy policy) {
        return new FleetParts(context, options, policy, FleetModels.open(options, context.hub(), context.hashesAll()));
    }

    /**
     * Opens the models on another machine, where only headers are read.
     *
     * @throws BadInputException if a model cannot be used, or is not the one that was described
     */
    public static FleetParts open(RunContext context, ScoreOptions options, Policy policy, Models described) {
        return new FleetParts(context, options, policy, FleetModels.open(options, context.hub(), described));
    }

    /**
     * What all machines must agree on.
     *
     * @param files sizes and times of the models' files, by path
     */
    public record Models(CheckpointInput base, CheckpointInput aligned, Map<String, String> files)
            implements Serializable {}

    /** Returns a description of the models for other machines. */
    public Models described() {
        return new Models(
                models.describedBase(),
                models.describedAligned(),
                models.files().described());
    }

    /** @throws BadInputException if a file of the models has changed since they were opened */
    public void requireUnchanged() {
        models.files().requireUnchanged();
    }

    /**
     * An adapter, as it was found.
     *
     * @param files SHA-256 of its files
     * @param state sizes and times of the files that were read, by path
     * @param problems what prevents judging it; empty if nothing does
     * @param needs the modules to measure
     */
    public record Survey(
            String given, Map<String, String> files, Map<String, String> state, List<String> problems, List<Need> needs)
            implements Serializable {}

    /**
     * A module to measure.
     *
     * @param tensors the models' tensors that are read to measure it, with the files that they are in
     * @param bytes size of these weights
     */
    public record Need(String module, Set<String> tensors, long bytes) implements Serializable {}

    /** Opens an adapter, hashes it, and looks up the weights that it changes. What is wrong with it becomes part of the result. */
    public Survey survey(String given) {
        FleetMember member = new FleetMember(given, Map.of());
        Map<String, String> state = Map.of();
        Map<String, String> files = Map.of();
        List<Need> needs = List.of();
        try {
            open(member);
            FileStates states = statesOf(member);
            state = states.described();
            files = entries.hashes(given);
            needs = scoring(List.of(member)).group(0, List.of(options.scheme())).pairs().stream()
                    .map(pair -> new Need(pair.name(), tensors(pair), pair.byteLength()))
                    .toList();
            states.requireUnchanged();
        } catch (BadInputException e) {
            member.fail(e);
        } catch (RuntimeException e) {
            member.fail(e);
        } finally {
            member.close();
        }
        if (!member.problems().isEmpty()) {
            return new Survey(
                    given, files.isEmpty() ? entries.hashes(given) : files, Map.of(), member.problems(), List.of());
        }
        return new Survey(given, files, state, List.of(), needs);
    }

    private static Set<String> tensors(PairedModule pair) {
        return Set.copyOf(pair.weights().stream()
                .flatMap(weights -> weights.matrices().stream())
                .flatMap(matrix -> matrix.tensors().stream())
                .map(tensor -> tensor.file().path() + "#" + tensor.name())
                .toList());
    }

    /**
     * Modules of an adapter to measure.
     *
     * @param state what its survey saw
     * @param modules their names
     */
    public record Piece(String given, Map<String, String> state, Set<String> modules) implements Serializable {}

    /**
     * The figures of a piece.
     *
     * @param problems why there are none; empty if there are
     */
    public record Measured(String given, List<String> problems, List<Figures> figures) implements Serializable {}

    /** The figures of a module; the fields are those of {@link Measurement}. */
    public record Figures(
            String module, double deltaNorm, double alignmentNorm, @Nullable Comparison comparison, double uncertainty)
            implements Serializable {}

    /**
     * Measures pieces, in waves of as many adapters as the memory budget allows. Each wave reads the weights of its modules.
     *
     * @param bytes size of all weights of the run, by which the kernel is chosen
     * @param results receives one result for each piece
     */
    public void measure(Iterator<Piece> pieces, long bytes, Consumer<Measured> results) {
        while (pieces.hasNext()) {
            Wave wave = new Wave();
            try {
                while (pieces.hasNext() && !wave.isFull()) {
                    wave.add(pieces.next());
                }
                wave.measure(bytes).forEach(results);
            } finally {
                wave.close();
            }
        }
    }

    /** Pieces that are measured together. */
    private final class Wave {

        private final List<FleetMember> members = new ArrayList<>();
        private final Map<FleetMember, List<PairedModule>> pairs = new HashMap<>();
        private final Map<FleetMember, List<Figures>> figures = new HashMap<>();
        private long memory;

        void add(Piece piece) {
            FleetMember member = new FleetMember(piece.given(), Map.of());
            members.add(member);
            try {
                open(member);
                statesOf(member).requireSame(piece.state());
                List<PairedModule> found = scoring(List.of(member)).pairs(0, piece.modules());
                pairs.put(member, found);
                memory += ModuleScorer.largestBytes(found);
            } catch (BadInputException e) {
                member.fail(e);
            } catch (RuntimeException e) {
                member.fail(e);
            }
        }

        boolean isFull() {
            return FleetWave.isFull(members.size(), memory, options);
        }

        Stream<Measured> measure(long bytes) {
            FleetMember.together(members, open -> {
                List<PairedModule> all = open.stream()
                        .flatMap(member -> Objects.requireNonNull(pairs.get(member)).stream())
                        .toList();
                Iterator<Measurement> measured =
                        Scoring.measured(all, bytes, options).iterator();
                for (FleetMember member : open) {
                    List<Figures> own = new ArrayList<>();
                    Objects.requireNonNull(pairs.get(member)).forEach(pair -> own.add(figures(measured.next())));
                    figures.put(member, own);
                }
            });
            return members.stream()
                    .map(member -> new Measured(
                            member.given(),
                            member.problems(),
                            member.problems().isEmpty() ? Objects.requireNonNull(figures.get(member)) : List.of()));
        }

        void close() {
            members.forEach(FleetMember::close);
        }
    }

    private static Figures figures(Measurement measurement) {
        return new Figures(
                measurement.module().name(),
                measurement.deltaNorm(),
                measurement.alignmentNorm(),
                measurement.comparison(),
                measurement.uncertainty());
    }

    /**
     * A verdict.
     *
     * @param report its modules; null if the adapter could not be judged
     */
    public record Judged(LedgerEntry entry, @Nullable RunReport report) {}

    /**
     * Judges an adapter.
     *
     * @param measured the figures of all modules that its survey asked for
     * @param bytes size of all weights of the run
     */
    public Judged judge(Survey survey, List<Measured> measured, long bytes) {
        List<String> problems = Stream.concat(
                        survey.problems().stream(), measured.stream().flatMap(each -> each.problems().stream()))
                .distinct()
                .toList();
        if (!problems.isEmpty()) {
            return failed(survey, problems);
        }
        FleetMember member = new FleetMember(survey.given(), survey.files());
        try {
            open(member);
            Stopwatch total = Stopwatch.start();
            RunInputs inputs = inputs(List.of(member));
            inputs.files().requireSame(survey.state());
            Scoring.Group group = scoring(List.of(member)).group(0, List.of(options.scheme()));
            Scored scored = Scoring.scored(
                    group, measurements(group, measured), models.aligned().location(), bytes, options, total);
            FleetWave.report(
                    context,
                    models,
                    inputs,
                    0,
                    InputDescription.of(survey.given(), member.adapter().adapter(), survey.files()),
                    member,
                    scored,
                    effects,
                    total);
        } catch (BadInputException e) {
            member.fail(e);
        } catch (RuntimeException e) {
            member.fail(e);
        } finally {
            member.close();
        }
        RunReport report = member.report();
        if (report == null) {
            return failed(survey, member.problems());
        }
        Policy.Decision decision = policy.decide(report, member.foreign());
        return judged(survey, decision, report);
    }

    private Judged failed(Survey survey, List<String> problems) {
        return judged(survey, new Policy.Decision(FleetVerdict.ERROR, problems), null);
    }

    private Judged judged(Survey survey, Policy.Decision decision, @Nullable RunReport report) {
        return new Judged(
                entries.entry(
                        survey.given(),
                        survey.files(),
                        decision.verdict().toString(),
                        decision.reasons().stream().map(Printable::text).toList(),
                        report,
                        null),
                report);
    }

    /** Returns the measurements in the order of the pairs. */
    private static List<Measurement> measurements(Scoring.Group group, List<Measured> measured) {
        Map<String, Figures> byName = new HashMap<>();
        measured.forEach(each -> each.figures().forEach(figures -> byName.put(figures.module(), figures)));
        return group.pairs().stream()
                .map(pair -> {
                    Figures figures = byName.get(pair.name());
                    if (figures == null) {
                        throw new IllegalStateException("module '" + pair.name() + "' was not measured");
                    }
                    return new Measurement(
                            pair,
                            figures.deltaNorm(),
                            figures.alignmentNorm(),
                            figures.comparison(),
                            figures.uncertainty());
                })
                .toList();
    }

    private void open(FleetMember member) {
        Adapter adapter = Adapter.open(context.hub().resolve(member.given(), options.revision()));
        member.opened(new OpenAdapter(member.given(), adapter));
    }

    private Scoring scoring(List<FleetMember> members) {
        return new Scoring(inputs(members), Progress.SILENT);
    }

    /** The inputs, of which only the adapters' files are watched: the models' are, once for all adapters. */
    private RunInputs inputs(List<FleetMember> members) {
        List<OpenAdapter> adapters = members.stream().map(FleetMember::adapter).toList();
        return new RunInputs(
                options,
                models.base(),
                models.aligned(),
                adapters,
                models.recorded(),
                Optional.empty(),
                statesOf(members.get(0)));
    }

    private static FileStates statesOf(FleetMember member) {
        Adapter adapter = member.adapter().adapter();
        return new FileStates(List.of(adapter.weights().path(), adapter.config().file()));
    }

    @Override
    public void close() {
        models.close();
    }
}

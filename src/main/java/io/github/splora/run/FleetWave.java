package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.inspect.TrainedOn;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.report.RunReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adapters that are scored together, so that the checkpoints are read once for all of them. An adapter that cannot be scored does not
 * stop the others.
 */
final class FleetWave implements AutoCloseable {

    /** Open files at a time; systems allow a process some hundreds. */
    private static final int MOST_ADAPTERS = 128;

    private final RunContext context;
    private final FleetModels models;
    private final ScoreOptions options;
    private final Map<String, FleetMember> members = new LinkedHashMap<>();
    private long bytes;

    FleetWave(RunContext context, FleetModels models, ScoreOptions options) {
        this.context = context;
        this.models = models;
        this.options = options;
    }

    /** Adds an adapter, opens it, and pairs its modules with their weights. */
    void add(String given, AdapterFiles files) {
        FleetMember member = new FleetMember(given, files);
        members.put(given, member);
        try {
            Adapter adapter = Adapter.open(context.hub().resolve(given, options.revision()));
            member.opened(new OpenAdapter(given, adapter));
            member.paired(new Scoring(inputs(List.of(member)), Progress.SILENT).group(0, List.of(options.scheme())));
            bytes += ModuleScorer.largestBytes(member.group().pairs());
        } catch (BadInputException e) {
            member.fail(e);
        } catch (RuntimeException e) {
            member.fail(e);
        }
    }

    /** Whether another adapter should wait for the next wave. */
    boolean isFull() {
        return isFull(members.size(), bytes, options);
    }

    /**
     * Whether a wave has as many adapters as may be measured together.
     *
     * @param bytes memory that the largest modules of all of them take
     */
    static boolean isFull(int adapters, long bytes, ScoreOptions options) {
        return adapters >= MOST_ADAPTERS
                || bytes * options.resources().threads() >= options.resources().memory();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Scores all adapters that can be, and returns all in their order. */
    List<FleetMember> judge() {
        List<FleetMember> all = List.copyOf(members.values());
        FleetMember.together(all, this::score);
        return all;
    }

    private void score(List<FleetMember> wave) {
        Stopwatch total = Stopwatch.start();
        RunInputs inputs = inputs(wave);
        List<Scored> scored = Scoring.score(
                        wave.stream().map(FleetMember::group).toList(),
                        models.aligned().location(),
                        List.of(options.scheme()),
                        List.of(),
                        options,
                        Progress.SILENT)
                .get(0);
        AdapterEffects effects = new AdapterEffects(models.base(), models.aligned());
        for (int i = 0; i < wave.size(); i++) {
            FleetMember member = wave.get(i);
            try {
                report(
                        context,
                        models,
                        inputs,
                        i,
                        InputDescription.of(member.given(), member.adapter().adapter(), member.files()),
                        member,
                        scored.get(i),
                        effects,
                        total);
                member.requireUnchanged();
            } catch (BadInputException e) {
                member.fail(e);
            }
        }
        inputs.requireUnchanged();
    }

    /** Reports on the scores of one adapter. */
    static void report(
            RunContext context,
            FleetModels models,
            RunInputs inputs,
            int index,
            RunReport.AdapterInput described,
            FleetMember member,
            Scored scored,
            AdapterEffects effects,
            Stopwatch total) {
        RunReport report = AdapterRun.report(
                context,
                inputs,
                index,
                new RunReport.Inputs(models.describedBase(), models.describedAligned(), described),
                scored,
                effects,
                total);
        member.reported(
                report,
                Optional.of(inputs.trainedOn(index))
                        .filter(TrainedOn::isContradiction)
                        .map(TrainedOn::sentence));
    }

    private RunInputs inputs(List<FleetMember> wave) {
        return RunInputs.of(
                options,
                models.base(),
                models.aligned(),
                wave.stream().map(FleetMember::adapter).toList(),
                models.recorded());
    }

    @Override
    public void close() {
        members.values().forEach(FleetMember::close);
    }
}

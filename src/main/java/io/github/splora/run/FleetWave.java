package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.report.RunReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    private final Map<String, Member> members = new LinkedHashMap<>();
    private long bytes;

    FleetWave(RunContext context, FleetModels models, ScoreOptions options) {
        this.context = context;
        this.models = models;
        this.options = options;
    }

    /**
     * What is known of an adapter: its report, or what is wrong with it.
     *
     * @param files SHA-256 of its files
     */
    static final class Member {

        private final String given;
        private final Map<String, String> files;
        private @Nullable OpenAdapter adapter;
        private @Nullable RunReport report;
        private List<String> problems = List.of();
        private Optional<String> foreign = Optional.empty();

        Member(String given, Map<String, String> files) {
            this.given = given;
            this.files = files;
        }

        String given() {
            return given;
        }

        Map<String, String> files() {
            return files;
        }

        /** The report on it; null if it could not be scored. */
        @Nullable
        RunReport report() {
            return report;
        }

        List<String> problems() {
            return problems;
        }

        /** What says that it was trained on another model. */
        Optional<String> foreign() {
            return foreign;
        }

        private void fail(BadInputException e) {
            fail(e.problems().stream().map(Problem::toString).toList());
        }

        private void fail(List<String> lines) {
            problems = lines;
            report = null;
            close();
        }

        private void close() {
            if (adapter != null) {
                adapter.adapter().close();
                adapter = null;
            }
        }
    }

    /** Adds an adapter, and opens it. */
    void add(String given, Map<String, String> files) {
        Member member = new Member(given, files);
        members.put(given, member);
        try {
            Adapter adapter = Adapter.open(context.hub().resolve(given, options.revision()));
            member.adapter = new OpenAdapter(given, adapter);
            bytes += ModuleScorer.largestBytes(
                    scoring(List.of(member)).group(0, List.of(options.scheme())).pairs());
        } catch (BadInputException e) {
            member.fail(e);
        } catch (RuntimeException e) {
            member.fail(List.of("unexpected failure: " + e));
        }
    }

    /** Whether another adapter should wait for the next wave. */
    boolean isFull() {
        return members.size() >= MOST_ADAPTERS
                || bytes * options.resources().threads() >= options.resources().memory();
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Scores all adapters that can be, and returns all in their order. */
    List<Member> judge() {
        List<Member> open = open();
        while (!open.isEmpty()) {
            try {
                score(open);
                break;
            } catch (BadInputException e) {
                dropCulprits(open, e);
            } catch (RuntimeException e) {
                if (open.size() == 1) {
                    open.get(0).fail(List.of("unexpected failure: " + e));
                } else {
                    open.forEach(this::scoreAlone);
                    break;
                }
            }
            open = open();
        }
        return List.copyOf(members.values());
    }

    private List<Member> open() {
        return members.values().stream()
                .filter(member -> member.adapter != null)
                .toList();
    }

    /** Takes the adapters out that the problems name; all of them, if they name none. */
    private static void dropCulprits(List<Member> open, BadInputException e) {
        boolean isAnyNamed = false;
        for (Member member : open) {
            OpenAdapter adapter = Objects.requireNonNull(member.adapter);
            List<String> own = e.problems().stream()
                    .filter(adapter::isNamedIn)
                    .map(Problem::toString)
                    .toList();
            if (!own.isEmpty()) {
                member.fail(own);
                isAnyNamed = true;
            }
        }
        if (!isAnyNamed) {
            open.forEach(member -> member.fail(e));
        }
    }

    private void scoreAlone(Member member) {
        try {
            score(List.of(member));
        } catch (BadInputException e) {
            member.fail(e);
        } catch (RuntimeException e) {
            member.fail(List.of("unexpected failure: " + e));
        }
    }

    private void score(List<Member> wave) {
        Stopwatch total = Stopwatch.start();
        RunInputs inputs = inputs(wave);
        List<Scored> scored = new Scoring(inputs, Progress.SILENT)
                .run(List.of(options.scheme()), List.of())
                .get(0);
        AdapterEffects effects = new AdapterEffects(models.base(), models.aligned());
        for (int i = 0; i < wave.size(); i++) {
            Member member = wave.get(i);
            try {
                RunReport.Inputs described = new RunReport.Inputs(
                        models.describedBase(),
                        models.describedAligned(),
                        InputDescription.of(
                                member.given,
                                Objects.requireNonNull(member.adapter).adapter()));
                member.report = AdapterRun.report(context, inputs, i, described, scored.get(i), effects, total);
                member.foreign = Optional.of(inputs.trainedOn(i))
                        .filter(found -> found.isContradiction())
                        .map(found -> found.sentence());
            } catch (BadInputException e) {
                member.fail(e);
            }
        }
        inputs.requireUnchanged();
    }

    private Scoring scoring(List<Member> wave) {
        return new Scoring(inputs(wave), Progress.SILENT);
    }

    private RunInputs inputs(List<Member> wave) {
        List<OpenAdapter> adapters = wave.stream()
                .flatMap(member -> Stream.ofNullable(member.adapter))
                .toList();
        return RunInputs.of(options, models.base(), models.aligned(), new ArrayList<>(adapters), models.recorded());
    }

    @Override
    public void close() {
        members.values().forEach(Member::close);
    }
}

package io.github.splora.run;

import io.github.splora.backend.Backend;
import io.github.splora.client.ClientKind;
import io.github.splora.client.Demands;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.gate.Gates;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Decision;
import io.github.splora.select.Granularity;
import io.github.splora.select.Selection;
import io.github.splora.select.SelectionRule;
import io.github.splora.tensor.KernelKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The options of a scoring run. {@link #of(String, String, String)} has the command line's defaults, and the {@code with} methods
 * change them.
 *
 * @param base path or hub id of the checkpoint before alignment
 * @param aligned path or hub id of the aligned checkpoint
 * @param adapters paths or hub ids of PEFT adapters, at least one; a folder may contain several
 * @param adapted path or hub id of a merged fine-tune, instead of adapters
 * @param revision revision for hub ids without one
 * @param scheme how scores are computed
 * @param include patterns of the modules to score; empty means all
 * @param exclude patterns of the modules to leave out
 * @param tower part of the tensor names that decides where a module fits several towers of a model; empty means that
 *     such a module is refused
 * @param rule the rule that selects modules; empty means the metric's default rule
 * @param granularity the unit of selection
 * @param client the program that will load the pruned adapter
 * @param device {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}
 * @param kernel the implementation; not Java on a GPU
 * @param resources limits for threads and memory
 * @param gates conditions that fail the run
 * @param calibration what was recorded of the aligned model's inputs; only confining needs it
 */
public record ScoreOptions(
        String base,
        String aligned,
        List<String> adapters,
        Optional<String> adapted,
        String revision,
        Scheme scheme,
        List<String> include,
        List<String> exclude,
        Optional<String> tower,
        Optional<SelectionRule> rule,
        Granularity granularity,
        ClientKind client,
        String device,
        KernelKind kernel,
        Resources resources,
        Gates gates,
        Optional<Path> calibration) {

    /** Creates options without a calibration. */
    public ScoreOptions(
            String base,
            String aligned,
            List<String> adapters,
            Optional<String> adapted,
            String revision,
            Scheme scheme,
            List<String> include,
            List<String> exclude,
            Optional<String> tower,
            Optional<SelectionRule> rule,
            Granularity granularity,
            ClientKind client,
            String device,
            KernelKind kernel,
            Resources resources,
            Gates gates) {
        this(
                base,
                aligned,
                adapters,
                adapted,
                revision,
                scheme,
                include,
                exclude,
                tower,
                rule,
                granularity,
                client,
                device,
                kernel,
                resources,
                gates,
                Optional.empty());
    }

    /**
     * Returns options for scoring one adapter, with the command line's defaults for everything else.
     *
     * @param base path or hub id of the checkpoint before alignment
     * @param aligned path or hub id of the aligned checkpoint
     * @param adapter path or hub id of a PEFT adapter, or a folder of several
     */
    public static ScoreOptions of(String base, String aligned, String adapter) {
        return defaults(base, aligned, List.of(adapter), Optional.empty());
    }

    /**
     * Returns options for scoring a merged or fully fine-tuned checkpoint, with the command line's defaults for everything
     * else.
     *
     * @param base path or hub id of the checkpoint before alignment
     * @param aligned path or hub id of the aligned checkpoint
     * @param adapted path or hub id of the fine-tuned checkpoint
     */
    public static ScoreOptions ofMerged(String base, String aligned, String adapted) {
        return defaults(base, aligned, List.of(), Optional.of(adapted));
    }

    private static ScoreOptions defaults(String base, String aligned, List<String> adapters, Optional<String> adapted) {
        return new ScoreOptions(
                base,
                aligned,
                adapters,
                adapted,
                "main",
                Scheme.of(MetricKind.E_DIEM, ReferenceKind.ALIGNMENT, PopulationKind.TYPE),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Granularity.MODULE,
                ClientKind.PEFT,
                "auto",
                KernelKind.AUTO,
                Resources.of(Runtime.getRuntime().availableProcessors()),
                Gates.NONE);
    }

    /** Returns these options for other adapters, which are scored in one pass over the checkpoints. */
    public ScoreOptions withAdapters(List<String> others) {
        return with(draft -> draft.adapters = List.copyOf(others));
    }

    /** Returns these options with another way to compute scores; see {@link Scheme#of}. */
    public ScoreOptions withScheme(Scheme other) {
        return with(draft -> draft.scheme = other);
    }

    /** Returns these options for scoring only the modules whose name matches one of the patterns. */
    public ScoreOptions withInclude(String... patterns) {
        return with(draft -> draft.include = List.of(patterns));
    }

    /** Returns these options for leaving out the modules whose name matches one of the patterns. */
    public ScoreOptions withExclude(String... patterns) {
        return with(draft -> draft.exclude = List.of(patterns));
    }

    /** Returns these options with the user's rule for selecting modules. */
    public ScoreOptions withRule(SelectionRule chosen) {
        return with(draft -> draft.rule = Optional.of(chosen));
    }

    /** Returns these options with another unit of selection. */
    public ScoreOptions withGranularity(Granularity unit) {
        return with(draft -> draft.granularity = unit);
    }

    /** Returns these options for another program that will load the adapter, with the unit of selection that it needs. */
    public ScoreOptions withClient(ClientKind program) {
        Demands demands = program.client().demands();
        return with(draft -> {
            draft.client = program;
            draft.granularity = demands.granularity(demands.action());
        });
    }

    /**
     * Returns these options for another device.
     *
     * @param choice {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
     */
    public ScoreOptions withDevice(String choice) {
        if (!Backend.isDeviceChoice(choice)) {
            throw new IllegalArgumentException("a device must be auto, cpu, gpu or gpu:N, not '" + choice + "'");
        }
        return with(draft -> draft.device = choice);
    }

    /** Returns these options with other limits for threads and memory. */
    public ScoreOptions withResources(Resources limits) {
        return with(draft -> draft.resources = limits);
    }

    /** Returns these options with gates; {@link io.github.splora.report.RunReport#verdict} says what they decided. */
    public ScoreOptions withGates(Gates conditions) {
        return with(draft -> draft.gates = conditions);
    }

    /** Returns these options with a calibration file, which confining needs. */
    public ScoreOptions withCalibration(Path file) {
        return with(draft -> draft.calibration = Optional.of(file));
    }

    private ScoreOptions with(Consumer<ScoreOptionsDraft> change) {
        ScoreOptionsDraft draft = new ScoreOptionsDraft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** Returns these options with a candidate's scheme, patterns, rule and granularity. */
    ScoreOptions of(Candidate candidate) {
        return with(draft -> {
            draft.scheme = candidate.scheme();
            draft.include = candidate.include();
            draft.rule = Optional.of(candidate.rule());
            draft.granularity = candidate.granularity();
        });
    }

    /** Returns these options for repairing all modules of one adapter. */
    ScoreOptions repairing(String adapter) {
        return with(draft -> {
            draft.adapters = List.of(adapter);
            draft.rule = Optional.of(new SelectionRule.All());
            draft.gates = Gates.NONE;
        });
    }

    /** Returns these options with further patterns of modules to leave out; those that are there are not repeated. */
    ScoreOptions excluding(List<String> patterns) {
        return with(draft -> draft.exclude = Stream.concat(
                        exclude.stream(), patterns.stream().filter(each -> !exclude.contains(each)))
                .toList());
    }

    /** Decides which modules are selected, by the rule for these scores. */
    List<Decision> decide(Scored scored) {
        return new Selection(ruleFor(scored.basis().metric()), granularity).decide(scored.scores());
    }

    /** @throws BadInputException if the scores' metric has no default rule and none was given */
    void requireRule(Scored scored) {
        if (ruleFor(scored.basis().metric()) instanceof SelectionRule.None) {
            throw new BadInputException(List.of(new Problem(
                    "--scores",
                    "metric",
                    scored.basis().metric().toString(),
                    "has no default rule; give --threshold, --count, --fraction or --all")));
        }
    }

    /** Returns the rule for scores of a metric: the user's, else the metric's default, else none. */
    public SelectionRule ruleFor(MetricKind scored) {
        return rule.orElseGet(() -> scored.defaultThreshold().isPresent()
                ? new SelectionRule.Above(scored.defaultThreshold().getAsDouble())
                : new SelectionRule.None());
    }
}

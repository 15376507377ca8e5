package io.github.splora;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.report.RunReport;
import io.github.splora.run.AdapterRun;
import io.github.splora.run.FleetOptions;
import io.github.splora.run.FleetProgress;
import io.github.splora.run.FleetRun;
import io.github.splora.run.FleetSummary;
import io.github.splora.run.MergedRun;
import io.github.splora.run.OpenAdapter;
import io.github.splora.run.Progress;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.ReportClock;
import io.github.splora.run.RunContext;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.SweepOptions;
import io.github.splora.run.SweepProgress;
import io.github.splora.run.SweepRun;
import io.github.splora.sweep.SweepReport;
import java.io.IOException;
import java.util.List;

/**
 * Everything that splora does, as a Java API; the command line is a thin layer over it. {@link AdapterRun} shows the flow
 * from files to files.
 */
public final class Splora {

    private final RunContext context;

    /** Creates an instance that looks up hub ids in the user's Hugging Face cache and reports no progress. */
    public Splora() {
        this(HubCache.of(System.getenv()), Progress.SILENT);
    }

    /**
     * Creates an instance that names no command in its reports.
     *
     * @param hub where hub ids are looked up
     * @param progress notified of each measured module
     */
    public Splora(HubCache hub, Progress progress) {
        this(hub, progress, List.of());
    }

    /**
     * Creates an instance.
     *
     * @param hub where hub ids are looked up
     * @param progress notified of each measured module
     * @param command arguments of the program, as reports name them
     */
    public Splora(HubCache hub, Progress progress, List<String> command) {
        this(new RunContext(hub, progress, command, Version.current(), ReportClock.of(System.getenv())));
    }

    private Splora(RunContext context) {
        this.context = context;
    }

    /** Returns an instance that refuses inputs that contradict each other, where others warn. */
    public Splora strict() {
        return new Splora(context.strict());
    }

    /** Returns an instance whose reports state the hashes of all of the checkpoints' files, which takes as long as reading them. */
    public Splora hashingAll() {
        return new Splora(context.hashingAll());
    }

    /** Returns an instance that writes an in-toto statement of provenance beside each result. */
    public Splora statingProvenance() {
        return new Splora(context.statingProvenance());
    }

    /**
     * Expands the adapters of a command line: a folder or cached repository that is not an adapter but holds some stands for
     * those.
     *
     * @param hub where hub ids are looked up
     * @param revision branch, tag or commit for hub ids without {@code @revision}
     */
    public static List<String> adapters(List<String> given, HubCache hub, String revision) {
        return OpenAdapter.expanded(given, hub, revision);
    }

    /**
     * Scores adapters and decides, as a preview, which modules a prune would remove. Writes nothing. The checkpoints are read
     * once, however many adapters there are, and each adapter is scored as if it were the only one.
     *
     * @return one report per adapter, in the order given
     * @throws BadInputException if an input cannot be used
     */
    public List<RunReport> score(ScoreOptions options) {
        return options.adapted().isPresent()
                ? List.of(new MergedRun(context).score(options))
                : new AdapterRun(context).score(options);
    }

    /**
     * Prunes adapters and writes each, with its report, to a new folder; with {@link PruneOptions#dryRun} it only decides. A
     * single adapter is written to the output folder itself, several to one subfolder each, named after the adapter.
     *
     * @return one report per adapter, in the order given
     * @throws BadInputException if an input cannot be used or an output is in the way; then nothing is written
     * @throws IOException if an output cannot be written; then nothing of it is left behind
     */
    public List<RunReport> prune(PruneOptions options) throws IOException {
        return options.score().adapted().isPresent()
                ? List.of(new MergedRun(context).prune(options))
                : new AdapterRun(context).prune(options);
    }

    /**
     * Judges many adapters of one model, and records each verdict in a ledger. The checkpoints are read once per wave of as many
     * adapters as fit the memory budget. What is wrong with an adapter becomes its verdict.
     *
     * @param listener notified of each verdict
     * @throws BadInputException if a model or the ledger cannot be used, or if there is no adapter
     * @throws IOException if the ledger cannot be written
     */
    public FleetSummary fleet(FleetOptions options, FleetProgress listener) throws IOException {
        return new FleetRun(context, listener).run(options);
    }

    /**
     * Tries many corrections of one adapter, evaluates each with the user's command, and writes the best one if an output is
     * given and a candidate meets the goal.
     *
     * @param listener notified of each candidate that has been tried
     * @throws BadInputException if an input cannot be used, or if every evaluation fails
     * @throws IOException if something cannot be written
     */
    public SweepReport sweep(SweepOptions options, SweepProgress listener) throws IOException {
        return new SweepRun(context, listener).run(options);
    }
}

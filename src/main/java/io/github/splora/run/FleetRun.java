package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.Ledger;
import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.Policy;
import io.github.splora.fleet.VerdictCounts;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Judges many adapters of one model, in waves: each wave reads the checkpoints once, and holds as many adapters as the memory budget
 * allows. Every adapter gets the scores of a run of its own.
 */
public final class FleetRun {

    private final RunContext context;
    private final FleetProgress progress;
    private final Map<FleetVerdict, Integer> verdicts = new EnumMap<>(FleetVerdict.class);
    private int adapters;
    private int skipped;

    public FleetRun(RunContext context, FleetProgress progress) {
        this.context = context;
        this.progress = progress;
    }

    /**
     * Judges all adapters.
     *
     * @throws BadInputException if a model cannot be used, if there is no adapter, or if the ledger is not one; what is wrong with an
     *     adapter becomes its verdict
     * @throws IOException if the ledger or the table cannot be written
     */
    public FleetSummary run(FleetOptions options) throws IOException {
        try (FleetModels models = FleetModels.open(options.score(), context.hub(), context.hashesAll());
                Ledger ledger = Ledger.open(options.ledger(), options.table(), options.isResuming())) {
            if (options.watch().isEmpty()) {
                judge(FleetList.of(options.adapters()), options, models, ledger);
            } else {
                watch(options, models, ledger);
            }
            ledger.finish(context.version());
            return new FleetSummary(adapters, skipped, new VerdictCounts(verdicts));
        }
    }

    /** Judges what is there, then what arrives, until nothing has arrived for some time. */
    private void watch(FleetOptions options, FleetModels models, Ledger ledger) throws IOException {
        Set<String> done = new HashSet<>();
        Arrivals arrivals = new Arrivals(options.watch().orElseThrow());
        while (!arrivals.isOver()) {
            List<String> ready = arrivals.ready(FleetList.inFolder(options.adapters()).stream()
                    .filter(each -> !done.contains(each))
                    .toList());
            if (!ready.isEmpty()) {
                judge(ready, options, models, ledger);
                done.addAll(ready);
            }
        }
    }

    private void judge(List<String> given, FleetOptions options, FleetModels models, Ledger ledger) throws IOException {
        adapters += given.size();
        progress.found(adapters);
        FleetEntries entries = entries(options, models);
        FleetWave wave = new FleetWave(context, models, options.score());
        try {
            for (String each : given) {
                AdapterFiles files = entries.files(each);
                Optional<FleetVerdict> known =
                        ledger.find(each, entries.key(each, files.hashes())).flatMap(FleetVerdict::named);
                if (known.isPresent()) {
                    skipped++;
                    verdicts.merge(known.get(), 1, Integer::sum);
                    progress.skipped();
                    continue;
                }
                wave.add(each, files);
                if (wave.isFull()) {
                    record(wave, options, entries, ledger);
                    wave = new FleetWave(context, models, options.score());
                }
            }
            record(wave, options, entries, ledger);
        } finally {
            wave.close();
        }
    }

    /** Scores a wave, and writes its verdicts. */
    private void record(FleetWave wave, FleetOptions options, FleetEntries entries, Ledger ledger) throws IOException {
        List<FleetMember> members = wave.judge();
        wave.close();
        entries.models().files().requireUnchanged();
        for (FleetMember member : members) {
            RunReport report = member.report();
            Policy.Decision decision = report == null
                    ? new Policy.Decision(FleetVerdict.ERROR, member.problems())
                    : options.policy().decide(report, member.foreign());
            LedgerEntry entry = entry(member, decision, options, entries);
            ledger.add(entry, report);
            verdicts.merge(decision.verdict(), 1, Integer::sum);
            progress.judged(entry);
        }
    }

    private LedgerEntry entry(FleetMember member, Policy.Decision decision, FleetOptions options, FleetEntries entries)
            throws IOException {
        List<String> reasons =
                new ArrayList<>(decision.reasons().stream().map(Printable::text).toList());
        String repaired = null;
        if (options.repairs().isPresent()
                && (decision.verdict() == FleetVerdict.REVIEW || decision.verdict() == FleetVerdict.BLOCK)) {
            try {
                repaired = repair(member, options);
            } catch (BadInputException e) {
                e.problems().forEach(problem -> reasons.add("not repaired: " + problem));
            }
        }
        return entries.entry(
                member.given(), member.files(), decision.verdict().toString(), reasons, member.report(), repaired);
    }

    private FleetEntries entries(FleetOptions options, FleetModels models) {
        return new FleetEntries(
                context, options.score(), options.policy(), options.repairs().map(root -> options.repair()), models);
    }

    private String repair(FleetMember member, FleetOptions options) throws IOException {
        Path root = options.repairs().orElseThrow();
        Path given = Path.of(member.given());
        Path folder = Files.isDirectory(options.adapters()) && given.startsWith(options.adapters())
                ? root.resolve(options.adapters().relativize(given))
                : root.resolve(Objects.requireNonNull(given.getFileName()));
        new AdapterRun(context.ofPart())
                .prune(new PruneOptions(
                        options.score().repairing(member.given()),
                        Optional.empty(),
                        folder,
                        options.repair(),
                        false,
                        options.isResuming()));
        return folder.toString();
    }
}

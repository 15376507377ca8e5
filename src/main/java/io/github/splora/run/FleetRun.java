package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.Ledger;
import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.Policy;
import io.github.splora.fleet.VerdictCounts;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport;
import io.github.splora.run.FleetWave.Member;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges many adapters of one model, in waves: each wave reads the checkpoints once, and holds as many adapters as the memory budget
 * allows. Every adapter gets the scores of a run of its own.
 */
public final class FleetRun {

    private static final List<String> FILES =
            List.of(AdapterConfig.FILE_NAME, Adapter.WEIGHTS_FILE, Adapter.PICKLE_FILE);

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
        FleetWave wave = new FleetWave(context, models, options.score());
        try {
            for (String each : given) {
                Map<String, String> files = hashes(each, options.score().revision());
                Optional<FleetVerdict> known =
                        ledger.find(key(each, files, models, options)).flatMap(FleetVerdict::named);
                if (known.isPresent()) {
                    skipped++;
                    verdicts.merge(known.get(), 1, Integer::sum);
                    progress.skipped();
                    continue;
                }
                wave.add(each, files);
                if (wave.isFull()) {
                    record(wave, options, models, ledger);
                    wave = new FleetWave(context, models, options.score());
                }
            }
            record(wave, options, models, ledger);
        } finally {
            wave.close();
        }
    }

    /** Scores a wave, and writes its verdicts. */
    private void record(FleetWave wave, FleetOptions options, FleetModels models, Ledger ledger) throws IOException {
        List<Member> members = wave.judge();
        wave.close();
        models.files().requireUnchanged();
        for (Member member : members) {
            RunReport report = member.report();
            Policy.Decision decision = report == null
                    ? new Policy.Decision(FleetVerdict.ERROR, member.problems())
                    : options.policy().decide(report, member.foreign());
            LedgerEntry entry = entry(member, decision, options, models);
            ledger.add(entry, report);
            verdicts.merge(decision.verdict(), 1, Integer::sum);
            progress.judged(entry);
        }
    }

    private LedgerEntry entry(Member member, Policy.Decision decision, FleetOptions options, FleetModels models)
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
        RunReport report = member.report();
        return new LedgerEntry(
                LedgerEntry.SCHEMA_VERSION,
                member.given(),
                decision.verdict().toString(),
                reasons,
                report == null
                        ? List.of()
                        : report.warnings().stream().map(Printable::text).toList(),
                report == null ? null : report.summary(),
                repaired,
                member.files(),
                models.fingerprints(),
                settings(options),
                context.version(),
                context.clock().now(),
                key(member.given(), member.files(), models, options),
                0);
    }

    private String repair(Member member, FleetOptions options) throws IOException {
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

    /** Returns the SHA-256 of an adapter's files, as far as they can be read. */
    private Map<String, String> hashes(String given, String revision) {
        Map<String, String> hashes = new TreeMap<>();
        try {
            Path place = context.hub().resolve(given, revision);
            Path folder =
                    Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
            for (String name : FILES) {
                Path file = Objects.requireNonNull(folder).resolve(name);
                if (Files.isRegularFile(file)) {
                    hashes.put(name, Fingerprint.sha256(file));
                }
            }
        } catch (BadInputException e) {
            // Opening the adapter says what is wrong.
            return hashes;
        }
        return hashes;
    }

    private String key(String given, Map<String, String> files, FleetModels models, FleetOptions options) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("adapter", given);
        parts.put("files", files);
        parts.put("base", models.baseFingerprint());
        parts.put("aligned", models.alignedFingerprint());
        parts.put("settings", settings(options));
        parts.put("version", context.version());
        return Fingerprint.sha256(StrictJson.writeLine(parts).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns everything but the inputs that determines a verdict. */
    private static Map<String, Object> settings(FleetOptions options) {
        ScoreOptions score = options.score();
        Scored.Basis basis = Scored.Basis.of(score.scheme(), score);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("metric", basis.metric().toString());
        settings.put("reference", basis.reference());
        settings.put("population", basis.population());
        settings.put("center", basis.center());
        settings.put("spread", basis.spread());
        if (basis.energy() != null) {
            settings.put("energy", basis.energy());
        }
        if (basis.seed() != null) {
            settings.put("seed", basis.seed());
        }
        settings.put("include", basis.include());
        settings.put("exclude", basis.exclude());
        score.tower().ifPresent(tower -> settings.put("tower", tower));
        settings.put("rule", score.ruleFor(basis.metric()).label());
        Double value = score.ruleFor(basis.metric()).value();
        if (value != null) {
            settings.put("value", value);
        }
        settings.put("policy", options.policy().described());
        options.repairs()
                .ifPresent(root -> settings.put("repair", options.repair().asOptions()));
        return settings;
    }
}

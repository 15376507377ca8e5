package io.github.splora.cli;

import io.github.splora.Version;
import io.github.splora.error.Printable;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.fleet.LedgerResults;
import io.github.splora.fleet.ModuleTable;
import io.github.splora.fleet.Policy;
import io.github.splora.gate.Gates;
import io.github.splora.json.StrictJson;
import io.github.splora.output.WholeFile;
import io.github.splora.run.FleetOptions;
import io.github.splora.run.FleetSummary;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.Surgery;
import io.github.splora.select.Granularity;
import io.github.splora.surgery.ActionKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code splora fleet}. */
@Command(
        name = "fleet",
        description =
                "Judges many adapters of one model, writes a verdict on each to a ledger, and repairs those that are not"
                        + " allowed, if asked to.",
        footer = {
            "",
            "Verdicts: allow; review or block, by the policy; error, for an adapter that could not be judged.",
            "Exit codes: 0 all adapters are allowed; 3 some need review or are blocked; 4 some could not be judged."
        })
final class FleetCommand extends CommandSupport implements Callable<Integer> {

    @Mixin
    FleetModelOptions models;

    @Option(
            names = "--adapters",
            required = true,
            paramLabel = "PATH",
            description =
                    "The adapters: a folder, in which all folders with an adapter count, or a text file with one path or hub"
                            + " id per line.")
    Path adapters;

    @Option(
            names = "--ledger",
            required = true,
            paramLabel = "FILE",
            description = "File of verdicts, one JSON object per line, written as they are given.")
    Path ledger;

    @Option(
            names = "--modules",
            paramLabel = "FILE",
            description =
                    "Table with a row for every module of every adapter, with the columns of score --format csv: a .csv file that"
                            + " grows with the ledger, or a .parquet file that is written when all adapters are judged (from a"
                            + " .parquet.csv file beside it).")
    @Nullable
    Path modules;

    @Option(
            names = "--sarif",
            paramLabel = "FILE",
            description = "Also write the verdicts as SARIF 2.1.0 when all adapters are judged.")
    @Nullable
    Path sarif;

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            description = "Also write the verdicts as JUnit XML when all adapters are judged.")
    @Nullable
    Path junit;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description =
                    "JSON or YAML file that says what blocks an adapter, and what calls for a review (docs/fleet.md). Without one,"
                            + " adapters are blocked that change the model in ways that have no score, or name another model.")
    @Nullable
    Path policy;

    @Option(
            names = "--resume",
            description = "Continue the ledger: skip adapters that it has for the same files, models and settings.")
    boolean isResuming;

    @Option(
            names = "--repair",
            paramLabel = "DIR",
            description =
                    "Also repair every adapter that needs review or is blocked, into a folder of its name in DIR.")
    @Nullable
    Path repair;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            description =
                    "Wait for further adapters in the folder, and stop once none has arrived for so many seconds.")
    @Nullable
    Integer watch;

    @Mixin
    SchemeOptions scheme;

    @Mixin
    WorkOptions work;

    @Mixin
    ClientOption client;

    @Mixin
    TextFormatOption format;

    @Override
    boolean isGated() {
        return true;
    }

    @Override
    public Integer call() throws IOException {
        FleetOptions options = options();
        FleetSummary summary = splora().fleet(
                        options,
                        new FleetReporter(common.quiet, spec.commandLine().getErr()));
        writeResults();
        print(summary);
        if (summary.count(FleetVerdict.ERROR) > 0) {
            return ExitCode.BAD_INPUT;
        }
        return summary.isAllAllowed() ? ExitCode.DONE : ExitCode.GATE_FAILED;
    }

    private void writeResults() throws IOException {
        if (sarif == null && junit == null) {
            return;
        }
        LedgerResults results = new LedgerResults(LedgerReport.read(ledger, Version.current()));
        if (sarif != null) {
            WholeFile.write(sarif, results.sarif(Version.current()));
        }
        if (junit != null) {
            WholeFile.write(junit, results.junit());
        }
    }

    private FleetOptions options() {
        models.contradiction().ifPresent(sentence -> {
            throw wrong(sentence);
        });
        Optional.ofNullable(scheme.contradiction()
                        .orElseGet(() -> work.contradiction().orElse(null)))
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        if (watch != null && watch < 1) {
            throw wrong("--watch " + watch + ": must be at least 1 second");
        }
        if (modules != null && !ModuleTable.isNamed(modules)) {
            throw wrong("--modules " + Printable.text(modules.toString()) + ": must end in .csv or .parquet");
        }
        files().contradiction().ifPresent(sentence -> {
            throw wrong(sentence);
        });
        findModels(models);
        return new FleetOptions(
                new ScoreOptions(
                        models.base(),
                        models.aligned(),
                        List.of(),
                        Optional.empty(),
                        common.revision,
                        scheme.scheme(),
                        work.include,
                        work.exclude,
                        Optional.ofNullable(work.tower),
                        Optional.empty(),
                        Granularity.MODULE,
                        client.choice,
                        work.device,
                        work.kernel,
                        work.resources(),
                        Gates.NONE),
                adapters,
                ledger,
                Optional.ofNullable(modules),
                policy == null ? Policy.NONE : Policy.read(policy),
                isResuming,
                Optional.ofNullable(repair),
                Surgery.of(ActionKind.REPAIR, client.choice.client().demands().configStyle()),
                Optional.ofNullable(watch).map(Duration::ofSeconds));
    }

    private FleetFiles files() {
        return new FleetFiles(adapters, repair)
                .with("--policy", policy)
                .with("--ledger", ledger)
                .with("--modules", modules)
                .with("--modules", modules == null ? null : ModuleTable.rows(modules))
                .with("--sarif", sarif)
                .with("--junit", junit);
    }

    private void print(FleetSummary summary) {
        PrintWriter out = spec.commandLine().getOut();
        if (format.isJson()) {
            Map<String, Object> counts = new LinkedHashMap<>();
            counts.put("adapters", summary.adapters());
            counts.put("skipped", summary.skipped());
            counts.putAll(summary.verdicts().byName());
            out.print(StrictJson.write(counts));
        } else {
            out.println(summary.verdicts().sentence(summary.adapters())
                    + (summary.skipped() == 0 ? "" : " (" + summary.skipped() + " from an earlier run)") + "; see "
                    + Printable.text(Objects.toString(ledger)));
        }
        out.flush();
    }
}

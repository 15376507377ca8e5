package io.github.splora.cli;

import io.github.splora.Splora;
import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gate;
import io.github.splora.output.ReportFile;
import io.github.splora.report.ReportFormat;
import io.github.splora.report.RunReport;
import io.github.splora.run.HashScope;
import io.github.splora.run.ScoreOptions;
import io.github.splora.score.MetricKind;
import io.github.splora.surgery.ActionKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Shared by {@code score} and {@code prune}: the options, their checks, and how a report is shown. */
abstract class RunSupport extends CommandSupport {

    @Mixin
    AdapterOrMergedOptions inputs;

    @Mixin
    SchemeOptions scheme;

    @Mixin
    WorkOptions work;

    @Mixin
    ClientOption client;

    @Mixin
    OutputOptions output;

    private @Nullable ReportFile reportFile;

    /** Which scored modules are selected. */
    abstract SelectionOptions selection();

    /**
     * Returns the options for a prune with {@code action}, or for its preview. Makes all checks of values, and of
     * options against each other.
     */
    final ScoreOptions scoreOptions(ActionKind action) {
        Stream.of(
                        inputs.contradiction(),
                        scheme.contradiction(),
                        work.contradiction(),
                        output.contradiction(),
                        selection().contradiction())
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        if (output.heatmap && output.format.choice != ReportFormat.TABLE) {
            throw wrong("--heatmap requires --format table (got " + output.format.choice + ")");
        }
        if (inputs.adapted().isPresent() && !scheme.reference().takesFullRank()) {
            throw wrong("--reference " + scheme.reference()
                    + " cannot be given with --adapted: a merged checkpoint's deltas do not have low rank;"
                    + " use --reference alignment");
        }
        if (inputs.adapted().isPresent() && client.choice != ClientKind.PEFT) {
            throw wrong("--client " + client.choice + " cannot be given with --adapted: the result is not an adapter");
        }
        checkGates();
        findModels(inputs);
        return new ScoreOptions(
                inputs.base(),
                inputs.aligned(),
                inputs.adapters(),
                inputs.adapted(),
                common.revision,
                scheme.scheme(),
                work.include,
                work.exclude,
                Optional.ofNullable(work.tower),
                selection().chosen(),
                selection().granularity(action, client.choice),
                client.choice,
                work.device,
                work.kernel,
                work.resources(),
                output.gates());
    }

    /**
     * Checks, before any work is done, that the HTML report can be written.
     *
     * @param used paths that the run reads or writes besides its inputs; an entry may be null
     */
    final void prepareReport(@Nullable Path... used) {
        if (output.report != null) {
            if (hasSeveralAdapters()) {
                throw wrong("--report shows one adapter: score the adapters one at a time, or use --format json");
            }
            Stream<String> others = Stream.of(used).filter(Objects::nonNull).map(Path::toString);
            reportFile = ReportFile.prepare(
                    output.report,
                    Stream.of(
                                    Stream.of(inputs.base(), inputs.aligned()),
                                    inputs.adapters().stream(),
                                    inputs.adapted().stream(),
                                    others)
                            .flatMap(part -> part)
                            .toList());
        }
    }

    @Override
    final boolean hashesAll() {
        return work.hash == HashScope.ALL;
    }

    @Override
    final boolean isGated() {
        return !output.gates.isEmpty();
    }

    final boolean hasSeveralAdapters() {
        return Splora.adapters(inputs.adapters(), main.hub(), common.revision).size() > 1;
    }

    /** Prints the reports, writes the HTML report if one was asked for, and checks the gates of each report. */
    final int show(List<RunReport> reports) throws IOException {
        return new Results(spec.commandLine(), main.terminal(), output, common.quiet).show(reports, reportFile);
    }

    /** Whether a metric has no default rule and the user gave none. */
    final boolean lacksRule(MetricKind metric) {
        return selection().rule == null && metric.defaultThreshold().isEmpty();
    }

    /** Refuses gates that could never fail, since they would look like gates that passed. */
    private void checkGates() {
        if (!output.gates.isEmpty() && inputs.preset == null && (inputs.base == null || inputs.aligned == null)) {
            throw wrong(
                    "--fail-on requires --base and --aligned, or --preset: an adapter that names the models itself could"
                            + " choose what it is compared with");
        }
        if (lacksRule(scheme.metric)) {
            output.gates.stream().filter(Gate::isAboutPruning).findFirst().ifPresent(gate -> {
                throw wrong(
                        "--fail-on " + gate + ": --metric " + scheme.metric
                                + " has no default rule, so nothing would be pruned: give --threshold, --count, --fraction or --all");
            });
        }
    }

    final void requireOutput(@Nullable Path folder, boolean isDryRun) {
        if (folder == null && !isDryRun) {
            throw wrong("Missing required option: '--output=DIR'");
        }
    }

    /** @param folder the output folder, which a dry run does not write */
    final void checkReportPlace(@Nullable Path folder, boolean isDryRun) {
        if (isDryRun
                && folder != null
                && output.report != null
                && output.report.toAbsolutePath().startsWith(folder.toAbsolutePath())) {
            throw wrong("--report is inside --output, which --dry-run does not write: name another file");
        }
    }

    /** Says where the result is, or that there is none. */
    final void tellWritten(@Nullable Path folder, boolean isDryRun) {
        if (!isDryRun) {
            tell("wrote " + folder);
        } else {
            tell(output.report == null ? "dry run: nothing was written" : "dry run: no adapter was written");
        }
    }
}

package io.github.splora.cli;

import io.github.splora.output.OutputFolder;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.Surgery;
import io.github.splora.select.ModuleFilter;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code splora prune}. */
@Command(
        name = "prune",
        description = "Writes the adapter with its misaligned modules removed or corrected, and "
                + OutputFolder.REPORT_FILE + " in the same folder.")
final class PruneCommand extends RunSupport implements Callable<Integer> {

    @Mixin
    SelectionOptions selection;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Output folder for the pruned adapter or checkpoint. For several adapters, it receives one subfolder"
                            + " per adapter, named after it. Each folder appears whole or not at all. Required, except with --dry-run.")
    @Nullable
    Path folder;

    @Mixin
    SurgeryOptions surgery;

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description =
                    "Use the scores in this report, which 'score --format json' wrote for the same inputs, instead of"
                            + " scoring again.")
    @Nullable
    Path scores;

    @Option(
            names = "--prune-module",
            paramLabel = "PATTERN",
            split = Patterns.SEPARATOR,
            splitSynopsisLabel = ",",
            description =
                    "Also prune the modules whose name matches, without scoring them: for a module that holds NaN. With"
                            + " --adapted, sets their weights to their aligned values. Patterns as in --include. Requires --action drop or zero. Repeatable, or comma-separated.")
    List<String> named = List.of();

    @Option(
            names = "--base-name",
            paramLabel = "NAME",
            description =
                    "Write NAME as base_model_name_or_path. vLLM's resolvers load an adapter only if it equals the name of"
                            + " the served model.")
    @Nullable
    String baseName;

    @Mixin
    CalibrationOption calibration;

    @Option(names = "--dry-run", description = "Report what would be pruned, but write nothing. Needs no --output.")
    boolean dryRun;

    @Mixin
    ForceOption force;

    @Mixin
    ProvenanceOption provenance;

    @Override
    boolean statesProvenance() {
        return provenance.isGiven;
    }

    @Override
    SelectionOptions selection() {
        return selection;
    }

    @Override
    public Integer call() throws IOException {
        requireOutput(folder, dryRun);
        checkMerged();
        checkOptions();
        Surgery chosen = surgery.surgery(client.choice);
        PruneOptions options = new PruneOptions(
                calibration.with(scoreOptions(chosen.action())),
                Optional.ofNullable(scores),
                folder,
                chosen,
                dryRun,
                force.isGiven,
                named,
                Optional.ofNullable(baseName));
        prepareReport(scores, folder);
        int code = show(splora().prune(options));
        tellWritten(folder, dryRun);
        return code;
    }

    private void checkMerged() {
        if (inputs.adapted().isEmpty()) {
            return;
        }
        for (String name : List.of("--scores", "--config-style", ActionParameter.RESTORE_MODULES.option())) {
            if (spec.commandLine().getParseResult().hasMatchedOption(name)) {
                throw wrong(name + " cannot be given with --adapted: a merged checkpoint has no adapter config");
            }
        }
        ActionKind action = surgery.surgery(client.choice).action();
        if (!action.suitsMerged()) {
            throw wrong(
                    "--action " + action + " cannot be given with --adapted: a merged checkpoint has no factors; use"
                            + " drop, which sets selected weights to their aligned values, or restore");
        }
    }

    private void checkNamed() {
        if (named.isEmpty()) {
            return;
        }
        ActionKind action = surgery.surgery(client.choice).action();
        if (action.corrects()) {
            throw wrong("--prune-module requires --action drop or zero (got " + action + ")");
        }
        try {
            new ModuleFilter(named, List.of());
        } catch (PatternSyntaxException e) {
            throw wrong("--prune-module: '" + e.getPattern() + "' is not a valid regular expression: "
                    + e.getDescription());
        }
    }

    private void checkOptions() {
        if (baseName != null && inputs.adapted().isPresent()) {
            throw wrong("--base-name cannot be given with --adapted: a merged checkpoint has no adapter config");
        }
        checkNamed();
        surgery.contradiction(client.choice)
                .or(() -> calibration.contradiction(
                        Stream.of(surgery.surgery(client.choice).action())))
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        if (scores == null && lacksRule(scheme.metric)) {
            throw wrong("--metric " + scheme.metric
                    + " has no default rule: give --threshold, --count, --fraction or --all");
        }
        checkReportPlace(folder, dryRun);
        if (scores != null) {
            if (hasSeveralAdapters()) {
                throw wrong("--scores holds the scores of one adapter: prune the adapters one at a time");
            }
            for (String name : Stream.of(SchemeOptions.NAMES, WorkOptions.NAMES)
                    .flatMap(List::stream)
                    .toList()) {
                if (spec.commandLine().getParseResult().hasMatchedOption(name)) {
                    throw wrong(name + " cannot be given with --scores: the scores in the file are already computed");
                }
            }
        }
    }
}

package io.github.splora.run;

import io.github.splora.checkpoint.FileNames;
import io.github.splora.report.RunReport;
import io.github.splora.select.SelectionRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command that gives the same result as a run, wherever its options came from: every option that matters is there with its value.
 * Those that say how results are shown are not.
 */
final class ExpandedCommand {

    private final List<String> arguments = new ArrayList<>();

    private ExpandedCommand() {}

    /**
     * Returns the command of a run on one adapter or merged checkpoint.
     *
     * @param inputs the inputs as the report describes them
     * @param surgery what is done; null if the run only scores
     * @param prune the options of the prune; empty if the run only scores, or if it is the end of a sweep
     * @param output the folder that it writes; null if it writes none
     */
    static List<String> of(
            RunContext context,
            ScoreOptions options,
            Scored scored,
            RunReport.Inputs inputs,
            @Nullable Surgery surgery,
            Optional<PruneOptions> prune,
            @Nullable Path output) {
        ExpandedCommand command = new ExpandedCommand();
        command.arguments.add(surgery == null ? "score" : "prune");
        command.add("--base", pinned(inputs.base().path(), inputs.base().commit()));
        command.add(
                "--aligned", pinned(inputs.aligned().path(), inputs.aligned().commit()));
        if (inputs.adapter() == null) {
            command.add("--adapted", inputs.subject());
        } else {
            command.add("--adapter", pinned(inputs.subject(), inputs.adapter().commit()));
        }
        command.add("--revision", options.revision());
        command.add(context.isStrict() ? "--strict" : "--no-strict");
        options.tower().ifPresent(tower -> command.add("--tower", tower));
        Optional<Path> scores = prune.flatMap(PruneOptions::scores);
        if (scores.isPresent()) {
            command.add("--scores", scores.get().toString());
        } else {
            // A prune leaves out the modules that it selects by name, after the others.
            int named = prune.map(each -> each.named().size()).orElse(0);
            command.addBasis(
                    scored.basis(),
                    options.include(),
                    options.exclude().subList(0, options.exclude().size() - named));
        }
        command.addSelection(options, scored);
        if (surgery != null && (inputs.adapter() != null || surgery.action().corrects())) {
            command.arguments.addAll(surgery.asArguments());
            options.calibration()
                    .filter(file -> surgery.action().needsRecordedInputs())
                    .ifPresent(file -> command.add("--calibration", file.toString()));
        }
        prune.ifPresent(each -> {
            each.named().forEach(pattern -> command.add("--prune-module", pattern));
            each.baseName().ifPresent(name -> command.add("--base-name", name));
        });
        if (inputs.adapter() != null) {
            command.add("--client", options.client().toString());
        }
        command.add("--device", options.device());
        command.add("--kernel", options.kernel().toString());
        command.add("--hash", (context.hashesAll() ? HashScope.ALL : HashScope.HEADERS).toString());
        options.gates().conditions().forEach(gate -> command.add("--fail-on", gate.toString()));
        options.gates().accepted().forEach(pattern -> command.add("--allow-unscored", pattern));
        prune.ifPresent(each -> {
            if (each.dryRun()) {
                command.add("--dry-run");
            }
        });
        if (output != null) {
            command.add("--output", output.toString());
        }
        return List.copyOf(command.arguments);
    }

    private void addBasis(Scored.Basis basis, List<String> include, List<String> exclude) {
        add("--metric", basis.metric().toString());
        add("--reference", basis.reference());
        add("--population", basis.population());
        add("--center", basis.center());
        add("--spread", basis.spread());
        if (basis.energy() != null) {
            add("--energy", basis.energy().toString());
        }
        if (basis.seed() != null) {
            add("--seed", basis.seed().toString());
        }
        include.forEach(pattern -> add("--include", pattern));
        exclude.forEach(pattern -> add("--exclude", pattern));
    }

    private void addSelection(ScoreOptions options, Scored scored) {
        SelectionRule rule = options.ruleFor(scored.basis().metric());
        if (rule instanceof SelectionRule.None) {
            return;
        }
        Double value = rule.value();
        if (value == null) {
            add("--" + rule.label());
        } else {
            add("--" + rule.label(), rule instanceof SelectionRule.Highest highest ? "" + highest.count() : "" + value);
        }
        add("--granularity", options.granularity().toString());
    }

    private void add(String option) {
        arguments.add(option);
    }

    private void add(String option, String value) {
        arguments.add(option);
        arguments.add(value);
    }

    /** Returns a hub id with its commit instead of a branch; a path stays as it is. */
    private static String pinned(String given, @Nullable String commit) {
        boolean isPath = FileNames.toPath(given).filter(Files::exists).isPresent();
        return commit == null || isPath ? given : given.replaceFirst("@.*", "") + "@" + commit;
    }
}

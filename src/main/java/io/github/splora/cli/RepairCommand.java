package io.github.splora.cli;

import io.github.splora.run.PruneOptions;
import io.github.splora.run.Surgery;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code splora repair}. */
@Command(
        name = "repair",
        description =
                "Writes the adapter with all modules repaired: filters the directions of the alignment delta out of"
                        + " each module, then adds the strongest part of the alignment delta. With --calibration, confines each"
                        + " module to the adapter's task instead. Same as 'splora prune --action repair --all' or, with"
                        + " --calibration, 'splora prune --action confine --all'. Evaluate the result: the weights alone do not show that it is safe.")
final class RepairCommand extends RunSupport implements Callable<Integer> {

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Output folder for the repaired adapter. For several adapters, it receives one subfolder per adapter,"
                            + " named after it. Each folder appears whole or not at all. Required, except with --dry-run.")
    @Nullable
    Path folder;

    @Mixin
    RepairOptions repair;

    @Mixin
    CalibrationOption calibration;

    @Option(names = "--dry-run", description = "Compute and report, but write nothing. Needs no --output.")
    boolean dryRun;

    @Mixin
    ForceOption force;

    @Mixin
    ProvenanceOption provenance;

    @Override
    boolean statesProvenance() {
        return provenance.isGiven;
    }

    private final SelectionOptions everyModule = SelectionOptions.all();

    @Override
    SelectionOptions selection() {
        return everyModule;
    }

    @Override
    public Integer call() throws IOException {
        requireOutput(folder, dryRun);
        if (inputs.adapted().isPresent()) {
            throw wrong("--adapted cannot be given with repair: a merged checkpoint has no factors to repair; use"
                    + " 'prune --action restore --all'");
        }
        Map<ActionParameter, Double> given = repair.given();
        ActionKind action = calibration.file == null ? ActionKind.REPAIR : ActionKind.CONFINE;
        misplaced(action, given)
                .or(() -> RepairOptions.contradiction(action, given))
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        checkReportPlace(folder, dryRun);
        Surgery surgery = new Surgery(
                action, client.choice.client().demands().configStyle(), RepairOptions.parameters(action, given));
        PruneOptions options = new PruneOptions(
                calibration.with(scoreOptions(action)), Optional.empty(), folder, surgery, dryRun, force.isGiven);
        prepareReport(folder);
        tell(plan(surgery));
        int code = show(splora().prune(options));
        tellWritten(folder, dryRun);
        return code;
    }

    /** Returns how far modules are confined, in words. */
    private static String limit(Map<ActionParameter, Double> parameters) {
        Double cosine = parameters.get(ActionParameter.TASK_COSINE);
        return cosine == null
                ? "request weight " + parameters.get(ActionParameter.REQUEST_WEIGHT)
                : "task cosine " + cosine;
    }

    /** Returns a sentence about an option that the action does not take; empty if it takes all. */
    private static Optional<String> misplaced(ActionKind action, Map<ActionParameter, Double> given) {
        return given.keySet().stream()
                .filter(parameter -> !action.defaults().containsKey(parameter))
                .findFirst()
                .map(parameter -> parameter.option()
                        + (action == ActionKind.CONFINE
                                ? " cannot be given with --calibration: nothing is filtered"
                                : " requires --calibration"));
    }

    /** Returns what the run does and what must follow. */
    private String plan(Surgery surgery) {
        double restored = surgery.parameters().getOrDefault(ActionParameter.RESTORED, 0.0);
        boolean confines = surgery.action() == ActionKind.CONFINE;
        return (confines
                        ? "repairing all modules: confine them to the task (" + limit(surgery.parameters()) + ")"
                        : "repairing all modules: filter the alignment delta's directions out (strength "
                                + surgery.parameters().get(ActionParameter.STRENGTH) + ")")
                + (restored == 0
                        ? ""
                        : ", then add " + restored + (confines ? " of the " : " of its ")
                                + surgery.parameters()
                                        .getOrDefault(ActionParameter.RESTORE_RANK, 0.0)
                                        .intValue()
                                + (confines ? " strongest directions of the alignment delta" : " strongest ones"))
                + ". Evaluate the adapter before and after, because weights alone do not show that it is safe: python"
                + " scripts/evaluate_refusals.py --model " + inputs.aligned() + " --adapter "
                + (folder == null ? "ADAPTER" : folder)
                + " --task TASK.jsonl";
    }
}

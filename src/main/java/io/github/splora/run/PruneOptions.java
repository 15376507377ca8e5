package io.github.splora.run;

import io.github.splora.client.Demands;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.select.Decision;
import io.github.splora.select.ModuleFilter;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.surgery.ConfigStyle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of a prune. {@link #of(ScoreOptions, Path)} and {@link #repairing} have the command line's defaults, and the
 * {@code with} methods change them.
 *
 * @param score how modules are scored and selected
 * @param scores an earlier report whose scores to use; empty means score now
 * @param output folder for the pruned adapter, or for one subfolder per adapter; null only for a dry run
 * @param surgery what is done to selected modules
 * @param dryRun whether to stop before anything is written
 * @param force whether {@code output} may be a folder that is not empty
 * @param named patterns of modules that are selected by name and therefore not scored
 * @param baseName the new {@code base_model_name_or_path}; empty means the old one
 */
public record PruneOptions(
        ScoreOptions score,
        Optional<Path> scores,
        @Nullable Path output,
        Surgery surgery,
        boolean dryRun,
        boolean force,
        List<String> named,
        Optional<String> baseName) {

    public PruneOptions {
        score = score.excluding(named);
    }

    /** Creates options that select no module by name and keep the name of the base model. */
    public PruneOptions(
            ScoreOptions score,
            Optional<Path> scores,
            @Nullable Path output,
            Surgery surgery,
            boolean dryRun,
            boolean force) {
        this(score, scores, output, surgery, dryRun, force, List.of(), Optional.empty());
    }

    /** Returns which modules are selected by name. */
    Predicate<String> isNamed() {
        return ModuleFilter.anyOf("--prune-module", named);
    }

    /**
     * Returns options for pruning as the command line does by default: the modules that the options select are removed, or set to
     * zero for a client that needs every module.
     *
     * @param score how modules are scored and selected
     * @param output folder for the pruned adapter, or for one subfolder per adapter
     */
    public static PruneOptions of(ScoreOptions score, Path output) {
        Demands demands = score.client().client().demands();
        return of(score, output, demands.action());
    }

    /**
     * Returns options for repairing all modules, as {@code splora repair} does by default; with a calibration, for confining them to
     * their task.
     *
     * @param score how modules are scored; its rule has no effect
     * @param output folder for the repaired adapter, or for one subfolder per adapter
     */
    public static PruneOptions repairing(ScoreOptions score, Path output) {
        Demands demands = score.client().client().demands();
        ActionKind action = score.calibration().isPresent() ? ActionKind.CONFINE : ActionKind.REPAIR;
        return of(score.withRule(new SelectionRule.All()).withGranularity(demands.granularity(action)), output, action);
    }

    private static PruneOptions of(ScoreOptions score, Path output, ActionKind action) {
        ConfigStyle style = score.client().client().demands().configStyle();
        return new PruneOptions(score, Optional.empty(), output, Surgery.of(action, style), false, false);
    }

    /** Returns these options with another action, which has its default parameters. */
    public PruneOptions withAction(ActionKind action) {
        return withSurgery(Surgery.of(action, surgery.configStyle()));
    }

    /**
     * Returns these options with another value of a parameter of the action.
     *
     * @throws IllegalArgumentException if the action does not take the parameter, or not this value
     */
    public PruneOptions withParameter(ActionParameter parameter, double value) {
        return withSurgery(surgery.with(parameter, value));
    }

    /** Returns these options with something else that is done to selected modules. */
    public PruneOptions withSurgery(Surgery other) {
        return new PruneOptions(score, scores, output, other, dryRun, force, named, baseName);
    }

    /** Returns these options for a run that decides and reports, but writes nothing. */
    public PruneOptions withDryRun() {
        return new PruneOptions(score, scores, output, surgery, true, force, named, baseName);
    }

    /** Returns these options for a run that may replace an output folder that is not empty. */
    public PruneOptions withForce() {
        return new PruneOptions(score, scores, output, surgery, dryRun, true, named, baseName);
    }

    /**
     * Decides which modules are selected: by the rule, or by name.
     *
     * @throws BadInputException if a pattern matches no module
     */
    List<Decision> decide(Scored scored) {
        for (String pattern : named) {
            ModuleFilter filter = new ModuleFilter(List.of(pattern), List.of());
            if (scored.scores().stream().noneMatch(module -> filter.test(module.name()))) {
                throw new BadInputException(List.of(new Problem(
                        "--prune-module",
                        null,
                        "'" + pattern + "'",
                        "matches no module of the " + (score.adapted().isPresent() ? "merged checkpoint" : "adapter")
                                + "; its modules have names like '"
                                + scored.scores().get(0).name() + "'")));
            }
        }
        List<Decision> decisions = score.decide(scored);
        Predicate<String> isNamed = isNamed();
        return named.isEmpty()
                ? decisions
                : decisions.stream()
                        .map(each -> isNamed.test(each.score().name())
                                ? new Decision(each.score(), true, "named by --prune-module")
                                : each)
                        .toList();
    }
}

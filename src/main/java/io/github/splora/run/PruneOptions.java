package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.select.Decision;
import io.github.splora.select.ModuleFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of a prune.
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

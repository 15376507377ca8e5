package io.github.splora.cli;

import io.github.splora.statistics.Condition;
import io.github.splora.sweep.CommandEvaluator;
import io.github.splora.sweep.Goal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how candidates are evaluated. */
final class EvaluationOptions {

    @Option(
            names = "--evaluate",
            paramLabel = "COMMAND",
            description = "Shell command to run on each candidate. {adapter} is replaced by the candidate's folder. The"
                    + " command must print a JSON object of figures on standard output. Without --evaluate,"
                    + " candidates are written to --keep but not evaluated.")
    private @Nullable String evaluate;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description =
                    "Time limit for one evaluation, in seconds. An evaluation that exceeds it is stopped and counts as"
                            + " failed. Default: ${DEFAULT-VALUE}.")
    private long timeLimit;

    @Option(
            names = "--minimize",
            paramLabel = "FIGURE",
            defaultValue = "asr",
            description =
                    "Figure that measures harm; lower is better. Only breaks ties between candidates: to limit harm, give"
                            + " --require. Default: ${DEFAULT-VALUE}.")
    private String minimize;

    @Option(
            names = "--maximize",
            paramLabel = "FIGURE",
            defaultValue = "utility",
            description =
                    "Figure that measures usefulness. The best candidate has the highest one among those that meet every"
                            + " --require. Default: ${DEFAULT-VALUE}.")
    private String maximize;

    @Option(
            names = "--require",
            paramLabel = "CONDITION",
            converter = ConditionConverter.class,
            description = "Condition that the best candidate must meet, such as 'asr<=0.05'. Repeatable. Exit code 3 if"
                    + " no candidate meets them all. Give one on harm: without it, the unchanged adapter, which takes part"
                    + " as candidate 0, usually wins.")
    private List<Condition> requirements = List.of();

    @Option(
            names = "--max-utility-loss",
            paramLabel = "SHARE",
            converter = ShareConverter.class,
            description =
                    "Largest share of the unchanged adapter's --maximize figure that the best candidate may lose,"
                            + " such as 0.05 or a percentage. The best candidate is then the one with the lowest --minimize figure.")
    private @Nullable Double maxUtilityLoss;

    Goal goal() {
        return new Goal(minimize, maximize, requirements, maxUtilityLoss);
    }

    Optional<String> command() {
        return Optional.ofNullable(evaluate);
    }

    Duration limit() {
        return Duration.ofSeconds(timeLimit);
    }

    boolean hasRequirements() {
        return !requirements.isEmpty() || maxUtilityLoss != null;
    }

    /** Whether the unchanged adapter can win because it is good, rather than because nothing asks for a change. */
    boolean canKeepUnchanged() {
        return !requirements.isEmpty();
    }

    /** Returns a sentence that says which options contradict each other; empty if none do. */
    Optional<String> contradiction() {
        if (evaluate != null && !evaluate.contains(CommandEvaluator.PLACE)) {
            return Optional.of("--evaluate '" + evaluate + "': " + CommandEvaluator.PLACE
                    + " is missing; write it where the command expects the candidate's folder");
        }
        if (evaluate == null && hasRequirements()) {
            return Optional.of((requirements.isEmpty() ? "--max-utility-loss" : "--require")
                    + " needs --evaluate: without figures, no candidate meets a condition");
        }
        if (maxUtilityLoss != null && !(maxUtilityLoss >= 0 && maxUtilityLoss <= 1)) {
            return Optional.of("--max-utility-loss " + maxUtilityLoss + ": must be a number from 0 to 1");
        }
        if (timeLimit < 1) {
            return Optional.of("--time-limit " + timeLimit + ": must be at least 1 second");
        }
        return Optional.empty();
    }
}

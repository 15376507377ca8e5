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
            names = "--confirm",
            paramLabel = "COMMAND",
            description =
                    "Shell command like --evaluate, for held-back prompts. It runs at the end, on the best candidate and on"
                            + " the unchanged adapter. Every --require and --max-utility-loss must hold in its figures, too; otherwise"
                            + " nothing is written to --output and the exit code is 3. No other candidate takes the best one's place.")
    private @Nullable String confirm;

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

    Optional<String> confirmation() {
        return Optional.ofNullable(confirm);
    }

    Duration limit() {
        return Duration.ofSeconds(timeLimit);
    }

    boolean hasRequirements() {
        return !requirements.isEmpty() || maxUtilityLoss != null;
    }

    /** Returns a sentence that says which options contradict each other; empty if none do. */
    Optional<String> contradiction() {
        Optional<String> placeless = withoutPlace("--evaluate", evaluate).or(() -> withoutPlace("--confirm", confirm));
        if (placeless.isPresent()) {
            return placeless;
        }
        if (confirm != null && evaluate == null) {
            return Optional.of("--confirm needs --evaluate: without figures, no candidate is best");
        }
        if (confirm != null && confirm.equals(evaluate)) {
            return Optional.of("--confirm is the same command as --evaluate: use prompts that --evaluate does not use");
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

    private static Optional<String> withoutPlace(String option, @Nullable String command) {
        return command == null || command.contains(CommandEvaluator.PLACE)
                ? Optional.empty()
                : Optional.of(option + " '" + command + "': " + CommandEvaluator.PLACE
                        + " is missing; write it where the command expects the candidate's folder");
    }
}

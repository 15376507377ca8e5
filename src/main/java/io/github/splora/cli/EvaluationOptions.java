package io.github.splora.cli;

import io.github.splora.statistics.Condition;
import io.github.splora.sweep.CommandEvaluator;
import io.github.splora.sweep.Goal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How candidates are judged. */
final class EvaluationOptions {

    @Option(
            names = "--evaluate",
            paramLabel = "COMMAND",
            description =
                    "Shell command that is run on each candidate, with its folder for {adapter}, and prints a JSON object"
                            + " of figures on standard output. Without it candidates are made, for --keep, and not judged.")
    private @Nullable String evaluate;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description =
                    "Of one evaluation; one that takes longer is stopped and counts as failed. Default: ${DEFAULT-VALUE}.")
    private long timeLimit;

    @Option(
            names = "--minimize",
            paramLabel = "FIGURE",
            defaultValue = "asr",
            description = "The evaluation's figure of harm, smaller is better. Default: ${DEFAULT-VALUE}.")
    private String minimize;

    @Option(
            names = "--maximize",
            paramLabel = "FIGURE",
            defaultValue = "utility",
            description = "Its figure of use, larger is better. Default: ${DEFAULT-VALUE}.")
    private String maximize;

    @Option(
            names = "--require",
            paramLabel = "CONDITION",
            converter = ConditionConverter.class,
            description = "What the best candidate must meet: 'asr<=0.05'. Repeatable; exit code 3 if none does.")
    private List<Condition> requirements = List.of();

    Goal goal() {
        return new Goal(minimize, maximize, requirements);
    }

    Optional<String> command() {
        return Optional.ofNullable(evaluate);
    }

    Duration limit() {
        return Duration.ofSeconds(timeLimit);
    }

    boolean hasRequirements() {
        return !requirements.isEmpty();
    }

    /** What is wrong with the choices, in a sentence; nothing if all fit together. */
    Optional<String> contradiction() {
        if (evaluate != null && !evaluate.contains(CommandEvaluator.PLACE)) {
            return Optional.of("--evaluate '" + evaluate + "': " + CommandEvaluator.PLACE
                    + " must stand where the candidate's folder is to be named");
        }
        if (evaluate == null && hasRequirements()) {
            return Optional.of("--require needs --evaluate: without figures nothing meets it");
        }
        if (timeLimit < 1) {
            return Optional.of("--time-limit " + timeLimit + ": at least 1 second is needed");
        }
        return Optional.empty();
    }
}

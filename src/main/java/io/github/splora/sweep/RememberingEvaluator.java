package io.github.splora.sweep;

import io.github.splora.output.ShutdownHook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Runs an evaluation command, unless a sweep that is resumed has its figures for the same adapter. */
public final class RememberingEvaluator {

    private final String command;
    private final Evaluator evaluator;
    private final Goal goal;
    private final Optional<TrialsFile> trials;

    /**
     * @param goal says which figures the command must print
     * @param trials remembers the evaluations; empty to remember none
     */
    public RememberingEvaluator(String command, Duration limit, Goal goal, Optional<TrialsFile> trials) {
        this.command = command;
        this.evaluator = new CommandEvaluator(command, limit);
        this.goal = goal;
        this.trials = trials;
    }

    public String command() {
        return command;
    }

    /**
     * Evaluates an adapter. An evaluation that lacks one of the goal's figures has failed.
     *
     * @param options the options that make the adapter, to be remembered with its figures
     */
    public Evaluation evaluate(Path adapter, String options) throws IOException {
        if (trials.isEmpty()) {
            return goal.checked(evaluator.evaluate(adapter));
        }
        String key = TrialsFile.key(command, adapter);
        Optional<Evaluation> earlier =
                trials.get().find(key).filter(known -> !goal.checked(known).hasFailed());
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Evaluation evaluation = evaluator.evaluate(adapter);
        if (!ShutdownHook.isShuttingDown()) {
            trials.get().add(key, options, evaluation);
        }
        return goal.checked(evaluation);
    }
}

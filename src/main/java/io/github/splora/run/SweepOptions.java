package io.github.splora.run;

import io.github.splora.sweep.Goal;
import io.github.splora.sweep.RememberingEvaluator;
import io.github.splora.sweep.TrialsFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The options of a sweep.
 *
 * @param inputs the inputs, and how to read them; their scheme and rule have no effect
 * @param candidates the candidates to try, in this order, after the unchanged adapter
 * @param search the candidate whose choice of modules to improve; empty for no search
 * @param searchEvaluations maximum number of evaluations for the search
 * @param evaluate command that evaluates an adapter; empty to evaluate nothing
 * @param confirm command that evaluates the best candidate and the unchanged adapter at the end; empty to confirm nothing
 * @param timeLimit time limit for one evaluation
 * @param goal how adapters are compared
 * @param output folder for the best candidate; empty to write none
 * @param keep folder for all candidates; empty to keep none
 * @param trials remembers evaluations, so that an interrupted sweep can be resumed
 * @param force whether {@code output} and {@code keep} may be folders that are not empty
 */
public record SweepOptions(
        ScoreOptions inputs,
        List<Candidate> candidates,
        Optional<Candidate> search,
        int searchEvaluations,
        Optional<String> evaluate,
        Optional<String> confirm,
        Duration timeLimit,
        Goal goal,
        Optional<Path> output,
        Optional<Path> keep,
        Optional<TrialsFile> trials,
        boolean force) {

    /** Returns what evaluates adapters with a command. */
    RememberingEvaluator evaluator(String command) {
        return new RememberingEvaluator(command, timeLimit, goal, trials);
    }
}

package io.github.splora.run;

import io.github.splora.sweep.Goal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user asks of a sweep.
 *
 * @param inputs what is read, and how; its scheme and rule have no bearing
 * @param candidates what is tried, in this order, after the adapter as it is
 * @param search the candidate whose choice of modules is to be improved; empty for no search
 * @param searchEvaluations how many evaluations that may take
 * @param evaluate command that evaluates an adapter; empty to make candidates only
 * @param timeLimit of one evaluation
 * @param goal what makes an adapter a good one
 * @param output folder for the best candidate; empty to write none
 * @param keep folder for all candidates; empty to keep none
 * @param force whether {@code output} may hold something already
 */
public record SweepOptions(
        ScoreOptions inputs,
        List<Candidate> candidates,
        Optional<Candidate> search,
        int searchEvaluations,
        Optional<String> evaluate,
        Duration timeLimit,
        Goal goal,
        Optional<Path> output,
        Optional<Path> keep,
        boolean force) {}

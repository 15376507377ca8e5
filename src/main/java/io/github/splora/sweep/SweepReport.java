package io.github.splora.sweep;

import io.github.splora.error.Plural;
import io.github.splora.json.StrictJson;
import io.github.splora.statistics.Condition;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a sweep found out: the document that {@code splora sweep --format json} prints. Its field names are a
 * contract, as those of {@link io.github.splora.report.RunReport} are.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool what wrote it
 * @param command the arguments that the program was called with
 * @param adapter what was corrected, as the user named it
 * @param evaluate the command that evaluated; null if none did
 * @param minimize the figure of harm
 * @param maximize the figure of use
 * @param requirements what a winner must meet
 * @param trials in the order in which they were tried
 * @param winner number of the best one that meets the requirements; null if none does
 * @param evaluations how many times the command was run
 * @param totalSeconds from the start of the run to this report
 */
public record SweepReport(
        int schemaVersion,
        String tool,
        List<String> command,
        String adapter,
        @Nullable String evaluate,
        String minimize,
        String maximize,
        List<String> requirements,
        List<Trial> trials,
        @Nullable Integer winner,
        int evaluations,
        double totalSeconds) {

    public static final int SCHEMA_VERSION = 1;

    /** Judges trials against each other. */
    public static SweepReport of(
            String tool,
            List<String> command,
            String adapter,
            Optional<String> evaluate,
            Goal goal,
            List<Trial> trials,
            double totalSeconds) {
        List<Trial> judged =
                trials.stream().map(trial -> trial.judged(goal, trials)).toList();
        Integer winner = judged.stream()
                .filter(Trial::meetsRequirements)
                .min(Comparator.comparing(Trial::figures, goal.bestFirst())
                        .thenComparingInt(Trial::selected)
                        .thenComparingInt(Trial::number))
                .map(Trial::number)
                .orElse(null);
        return new SweepReport(
                SCHEMA_VERSION,
                tool,
                command,
                adapter,
                evaluate.orElse(null),
                goal.minimize(),
                goal.maximize(),
                goal.requirements().stream().map(Condition::text).toList(),
                judged,
                winner,
                (int) judged.stream().filter(trial -> trial.seconds() != null).count(),
                totalSeconds);
    }

    /** The figures that any trial has: of the goal first, then as evaluations gave them. */
    public Set<String> figures() {
        Set<String> names = new LinkedHashSet<>();
        if (evaluate != null) {
            names.add(minimize);
            names.add(maximize);
        }
        trials.forEach(trial -> names.addAll(trial.figures().keySet()));
        return names;
    }

    /** What came out, in a sentence. */
    public String conclusion() {
        if (evaluate == null) {
            return Plural.of(trials.size(), "candidate") + "; none was evaluated";
        }
        long failed = trials.stream().filter(trial -> trial.failure() != null).count();
        String counts = Plural.of(trials.size(), "candidate") + ", " + Plural.of(evaluations, "evaluation")
                + (failed == 0 ? "" : ", " + failed + " failed");
        return counts + "; "
                + (winner == null
                        ? requirements.isEmpty() ? "no winner" : "none meets " + String.join(", ", requirements)
                        : "best: " + winner + " (" + trials.get(winner).origin() + ")");
    }

    /** The document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }
}

package io.github.splora.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.json.StrictJson;
import io.github.splora.statistics.Condition;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The results of a sweep: the document that {@code splora sweep --format json} prints. Its field names are a contract,
 * like those of {@link io.github.splora.report.RunReport}.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the report
 * @param created when the report was made, in UTC (ISO 8601); null in reports of older versions
 * @param command the program's arguments
 * @param adapter path or hub id of the adapter, as the user gave it
 * @param evaluate the evaluation command; null if nothing was evaluated
 * @param minimize name of the figure that measures harm
 * @param maximize name of the figure that measures usefulness
 * @param requirements conditions that the winner must meet
 * @param maxUtilityLoss the largest share of the unchanged adapter's usefulness that the winner may lose; null for no limit
 * @param trials the trials, in the order in which they were tried
 * @param winner number of the best trial that meets the requirements; null if none does
 * @param confirmation how the winner does on held-back prompts; null if it was not evaluated on any
 * @param evaluations number of times that {@code evaluate} was run
 * @param totalSeconds time from the start of the run to this report
 */
public record SweepReport(
        int schemaVersion,
        String tool,
        @Nullable String created,
        List<String> command,
        String adapter,
        @Nullable String evaluate,
        String minimize,
        String maximize,
        List<String> requirements,
        @Nullable Double maxUtilityLoss,
        List<Trial> trials,
        @Nullable Integer winner,
        @Nullable Confirmation confirmation,
        int evaluations,
        double totalSeconds) {

    public static final int SCHEMA_VERSION = 1;

    /** Whether a document is that of a sweep. */
    public static boolean isIn(ObjectNode json) {
        return json.has("trials");
    }

    /**
     * Returns the sweep in a file's content.
     *
     * @throws BadInputException if it has another schema version, or is incomplete
     */
    public static SweepReport of(Path file, ObjectNode json) {
        if (json.path("schemaVersion").intValue() != SCHEMA_VERSION) {
            throw new BadInputException(
                    file,
                    "schemaVersion",
                    json.path("schemaVersion"),
                    "must be " + SCHEMA_VERSION + ", the only version of sweeps that this splora reads");
        }
        SweepReport report = StrictJson.fromTree(file, json, SweepReport.class);
        if (!report.isWhole()) {
            throw new BadInputException(
                    file, null, null, "parts of the sweep are missing; run 'splora sweep --format json' again");
        }
        return report;
    }

    private boolean isWhole() {
        return Stream.of(tool, command, adapter, minimize, maximize, requirements, trials)
                        .allMatch(Objects::nonNull)
                && !trials.isEmpty()
                && (winner == null || (winner >= 0 && winner < trials.size()))
                && (confirmation == null || (winner != null && confirmation.isWhole()))
                && trials.stream().allMatch(trial -> trial != null && trial.isWhole());
    }

    /** Compares the trials with each other, and returns the report. */
    public static SweepReport of(
            String tool,
            String created,
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
                created,
                command,
                adapter,
                evaluate.orElse(null),
                goal.minimize(),
                goal.maximize(),
                goal.requirements().stream().map(Condition::text).toList(),
                goal.maxUtilityLoss(),
                judged,
                winner,
                null,
                (int) judged.stream().filter(trial -> trial.seconds() != null).count(),
                totalSeconds);
    }

    /** Returns the same with the winner's confirmation. */
    public SweepReport confirmed(Confirmation found, double seconds) {
        return new SweepReport(
                schemaVersion,
                tool,
                created,
                command,
                adapter,
                evaluate,
                minimize,
                maximize,
                requirements,
                maxUtilityLoss,
                trials,
                winner,
                found,
                evaluations,
                seconds);
    }

    /** Whether there is a best candidate: the unchanged adapter only if it was not merely left over under the limit on the loss. */
    public boolean hasBest() {
        return winner != null && (winner != 0 || !requirements.isEmpty() || maxUtilityLoss == null);
    }

    /** Whether the winner must meet any condition. */
    public boolean hasConditions() {
        return !requirements.isEmpty() || maxUtilityLoss != null;
    }

    /** Whether the winner failed on held-back prompts. */
    public boolean failsConfirmation() {
        return confirmation != null && !confirmation.passes();
    }

    /** Returns the names of all figures: the goal's first, then the others as the evaluations printed them. */
    public Set<String> figures() {
        Set<String> names = new LinkedHashSet<>();
        if (evaluate != null) {
            names.add(minimize);
            names.add(maximize);
        }
        trials.forEach(trial -> names.addAll(trial.figures().keySet()));
        return names;
    }

    /** Returns the result in a sentence. */
    public String conclusion() {
        if (evaluate == null) {
            return Plural.of(trials.size(), "candidate") + "; none was evaluated";
        }
        long failed = trials.stream().filter(trial -> trial.failure() != null).count();
        String counts = Plural.of(trials.size(), "candidate") + ", " + Plural.of(evaluations, "evaluation")
                + (failed == 0 ? "" : ", " + failed + " failed");
        return counts + "; "
                + (winner == null
                        ? requirements.isEmpty() ? "no winner" : "no candidate meets " + String.join(", ", requirements)
                        : "best: " + winner + " (" + trials.get(winner).origin() + ")"
                                + (confirmation == null || !hasConditions()
                                        ? ""
                                        : failsConfirmation() ? ", not confirmed" : ", confirmed"));
    }

    /** Returns the JSON document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }
}

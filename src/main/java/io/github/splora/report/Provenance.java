package io.github.splora.report;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a report comes from, and what came of the run.
 *
 * @param created when the report was made, in UTC (ISO 8601)
 * @param expandedCommand a command with the same result, with argument files and presets expanded, defaults filled in, and hub ids
 *     pinned to their commits
 * @param output what the run wrote; null if it wrote nothing
 * @param evaluation the evaluation for whose figures the sweep chose this candidate; null if no sweep did
 * @param history what had been done to the input before, oldest first, as the report beside it says; usually empty
 */
public record Provenance(
        String created,
        List<String> expandedCommand,
        @Nullable Output output,
        @Nullable ChoiceBySweep evaluation,
        List<Step> history) {

    public Provenance {
        expandedCommand = expandedCommand == null ? List.of() : expandedCommand;
        history = history == null ? List.of() : history;
    }

    /**
     * What a run wrote.
     *
     * @param path the folder, as the user gave it
     * @param files its files, except the report itself, by name
     */
    public record Output(String path, List<HashedFile> files) {

        boolean isWhole() {
            return path != null && HashedFile.areWhole(files);
        }
    }

    /**
     * Why a sweep chose this candidate.
     *
     * @param command the evaluation command
     * @param candidate the candidate's number
     * @param candidates number of candidates, the unchanged adapter included
     * @param minimize name of the figure that measures harm
     * @param maximize name of the figure that measures usefulness
     * @param requirements conditions that the candidate met
     * @param maxUtilityLoss the largest share of the unchanged adapter's usefulness that it was allowed to lose; null for no limit
     * @param figures its figures
     * @param unchanged the figures of the unchanged adapter
     * @param heldBack the figures on held-back prompts; null if it was not evaluated on any
     */
    public record ChoiceBySweep(
            String command,
            int candidate,
            int candidates,
            String minimize,
            String maximize,
            List<String> requirements,
            @Nullable Double maxUtilityLoss,
            Map<String, Double> figures,
            Map<String, Double> unchanged,
            @Nullable HeldBack heldBack) {

        boolean isWhole() {
            return command != null
                    && minimize != null
                    && maximize != null
                    && requirements != null
                    && requirements.stream().noneMatch(Objects::isNull)
                    && areWhole(figures)
                    && areWhole(unchanged)
                    && (heldBack == null || heldBack.isWhole());
        }

        boolean isFinite() {
            return Finite.all(maxUtilityLoss)
                    && areFinite(figures)
                    && areFinite(unchanged)
                    && (heldBack == null || heldBack.isFinite());
        }
    }

    /**
     * How the chosen candidate does on prompts that took no part in the choice.
     *
     * @param command the evaluation command for these prompts
     * @param figures the candidate's figures
     * @param unchanged the figures of the unchanged adapter
     */
    public record HeldBack(String command, Map<String, Double> figures, Map<String, Double> unchanged) {

        boolean isWhole() {
            return command != null && areWhole(figures) && areWhole(unchanged);
        }

        boolean isFinite() {
            return areFinite(figures) && areFinite(unchanged);
        }
    }

    private static boolean areWhole(@Nullable Map<String, Double> figures) {
        return figures != null && figures.values().stream().noneMatch(Objects::isNull);
    }

    private static boolean areFinite(Map<String, Double> figures) {
        return figures.values().stream().allMatch(Double::isFinite);
    }

    /**
     * What was done to the input before. These are claims of the report that lay beside it; anybody may have written it.
     *
     * @param created when; null if that report does not say
     * @param tool program and version
     * @param command its expanded command; for reports of older versions, the program's arguments
     * @param action the action on selected modules
     * @param selected number of selected modules
     * @param modules number of modules
     * @param inputSha256 SHA-256 of the weights that it started from; null for a checkpoint, and if unknown
     * @param outputSha256 SHA-256 of the weights that it wrote; null for a checkpoint, and if unknown
     * @param matches whether {@code outputSha256} is the hash of what the next step, or this run, started from; null if one of them is
     *     unknown
     */
    public record Step(
            @Nullable String created,
            String tool,
            List<String> command,
            String action,
            int selected,
            int modules,
            @Nullable String inputSha256,
            @Nullable String outputSha256,
            @Nullable Boolean matches) {

        /** Returns the same with another {@code matches}. */
        public Step matching(@Nullable Boolean found) {
            return new Step(created, tool, command, action, selected, modules, inputSha256, outputSha256, found);
        }

        boolean isWhole() {
            return tool != null && command != null && command.stream().noneMatch(Objects::isNull) && action != null;
        }
    }

    /** Returns the same with what the run wrote. */
    public Provenance with(Output written) {
        return new Provenance(created, expandedCommand, written, evaluation, history);
    }

    boolean isWhole() {
        return created != null
                && expandedCommand.stream().noneMatch(Objects::isNull)
                && (output == null || output.isWhole())
                && (evaluation == null || evaluation.isWhole())
                && history.stream().allMatch(step -> step != null && step.isWhole());
    }

    boolean isFinite() {
        return evaluation == null || evaluation.isFinite();
    }
}

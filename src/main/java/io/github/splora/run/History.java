package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.error.BadInputException;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.HashedFile;
import io.github.splora.report.Provenance;
import io.github.splora.report.Provenance.Step;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was done to an input before, as the report beside it says. That report may be a stranger's, so what it says is bounded, and
 * it has no influence on anything but the history.
 *
 * @param steps the steps, oldest first
 * @param warning what is wrong with the report; empty if nothing is
 */
record History(List<Step> steps, Optional<String> warning) {

    private static final long MOST_BYTES = 32 << 20;
    private static final int MOST_STEPS = 20;
    private static final int MOST_ARGUMENTS = 200;
    private static final int LONGEST_TEXT = 500;

    static final History NONE = new History(List.of(), Optional.empty());

    /**
     * Returns the history of an adapter or a checkpoint.
     *
     * @param location its file or folder
     * @param sha256 the hash of its weights; null for a checkpoint
     */
    static History of(Path location, @Nullable String sha256) {
        Path file = FileNames.folderOf(location).resolve(OutputFolder.REPORT_FILE);
        if (!Files.exists(file)) {
            return NONE;
        }
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return broken(file, "is not a file, or is too large");
            }
            RunReport report = RunReport.read(file);
            if (report.parameters().action() == null || !report.wasDone()) {
                return NONE;
            }
            Step last = step(report, sha256);
            List<Step> steps = new ArrayList<>();
            if (report.provenance() != null) {
                report.provenance().history().stream().map(History::bounded).forEach(steps::add);
            }
            steps.add(last);
            compare(steps);
            return new History(
                    steps.subList(Math.max(0, steps.size() - MOST_STEPS), steps.size()),
                    Boolean.FALSE.equals(last.matches())
                            ? Optional.of(OutputFolder.REPORT_FILE
                                    + " beside the adapter does not describe its weights: they have changed since, or the"
                                    + " report is of another adapter")
                            : Optional.empty());
        } catch (IOException e) {
            return broken(file, "cannot be read: " + e.getMessage());
        } catch (BadInputException e) {
            return broken(file, e.problems().get(0).explanation());
        }
    }

    /** Compares each step with the one before it, whatever the report says of that. */
    private static void compare(List<Step> steps) {
        for (int i = 0; i + 1 < steps.size(); i++) {
            Step step = steps.get(i);
            String written = step.outputSha256();
            String read = steps.get(i + 1).inputSha256();
            steps.set(
                    i, step.matching((written == null || read == null) ? null : Boolean.valueOf(written.equals(read))));
        }
    }

    private static History broken(Path file, String why) {
        return new History(
                List.of(),
                Optional.of(
                        file + " does not say what was done to the input before, so the history starts here: " + why));
    }

    private static Step step(RunReport report, @Nullable String sha256) {
        Provenance provenance = report.provenance();
        RunReport.AdapterInput adapter = report.inputs().adapter();
        String written = provenance == null || provenance.output() == null
                ? null
                : provenance.output().files().stream()
                        .filter(each -> each.name().equals(Adapter.WEIGHTS_FILE))
                        .map(HashedFile::sha256)
                        .findFirst()
                        .orElse(null);
        return bounded(new Step(
                provenance == null ? null : provenance.created(),
                report.tool().name() + " " + report.tool().version(),
                provenance == null || provenance.expandedCommand().isEmpty()
                        ? report.command()
                        : provenance.expandedCommand(),
                Objects.requireNonNull(report.parameters().action()),
                report.summary().pruned(),
                report.summary().modules(),
                adapter == null ? null : adapter.sha256(),
                written,
                (sha256 == null || written == null) ? null : Boolean.valueOf(sha256.equals(written))));
    }

    private static Step bounded(Step step) {
        return new Step(
                bounded(step.created()),
                Objects.requireNonNull(bounded(step.tool())),
                step.command().stream()
                        .limit(MOST_ARGUMENTS)
                        .map(each -> Objects.requireNonNull(bounded(each)))
                        .toList(),
                Objects.requireNonNull(bounded(step.action())),
                step.selected(),
                step.modules(),
                bounded(step.inputSha256()),
                bounded(step.outputSha256()),
                step.matches());
    }

    private static @Nullable String bounded(@Nullable String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}

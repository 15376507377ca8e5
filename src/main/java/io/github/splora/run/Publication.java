package io.github.splora.run;

import io.github.splora.output.OutputFolder;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;

/** Publishes a result: weights, model card and report appear in one folder together, or not at all. */
final class Publication {

    private Publication() {}

    /**
     * Fills the folder and puts it in place.
     *
     * @param inputs the input files of the result; if any has changed, nothing is published
     * @param weights writes the weights and the files that are copied along with them
     * @throws IOException if the folder cannot be written; then it is unchanged
     */
    static void publish(OutputFolder output, RunReport report, FileStates inputs, OutputFolder.Contents weights)
            throws IOException {
        output.publish(folder -> {
            weights.writeTo(folder);
            ModelCard.update(folder, report);
            Files.writeString(folder.resolve(OutputFolder.REPORT_FILE), report.toJson());
            inputs.requireUnchanged();
        });
    }
}

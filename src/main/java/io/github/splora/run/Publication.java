package io.github.splora.run;

import io.github.splora.output.OutputFolder;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;

/** Publishes a result: weights, model card and report appear together, in one folder, or not at all. */
final class Publication {

    private Publication() {}

    /**
     * Fills the folder and puts it in place.
     *
     * @param inputs what the result was made from; if any of it has changed, nothing is published
     * @param weights writes the weights and everything that is carried over with them
     * @throws IOException if the folder cannot be written; then it is as it was before
     */
    static void publish(OutputFolder output, RunReport report, FileStates inputs, OutputFolder.Contents weights)
            throws IOException {
        output.publish(folder -> {
            weights.writeTo(folder);
            ModelCard.update(folder, report);
            Files.writeString(folder.resolve(RunReport.FILE_NAME), report.toJson());
            inputs.requireUnchanged();
        });
    }
}

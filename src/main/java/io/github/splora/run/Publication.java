package io.github.splora.run;

import io.github.splora.output.OutputFolder;
import io.github.splora.report.HashedFile;
import io.github.splora.report.ModelCard;
import io.github.splora.report.Provenance;
import io.github.splora.report.ProvenanceStatement;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Publishes a result: weights, model card and report appear in one folder together, or not at all. */
final class Publication {

    private Publication() {}

    /**
     * Fills the folder and puts it in place.
     *
     * @param inputs the input files of the result; if any has changed, nothing is published
     * @param statesProvenance whether to write a statement of provenance
     * @param weights writes the weights and the files that are copied along with them
     * @return the report, which now lists the written files
     * @throws IOException if the folder cannot be written; then it is unchanged
     */
    static RunReport publish(
            OutputFolder output,
            RunReport report,
            FileStates inputs,
            boolean statesProvenance,
            OutputFolder.Contents weights)
            throws IOException {
        List<RunReport> written = new ArrayList<>();
        output.publish(folder -> {
            weights.writeTo(folder);
            List<HashedFile> files = hashed(folder, List.of());
            ModelCard.update(folder, with(report, output, files));
            RunReport complete = with(report, output, hashed(folder, files));
            Path file = folder.resolve(OutputFolder.REPORT_FILE);
            Files.writeString(file, complete.toJson());
            if (statesProvenance) {
                Files.writeString(
                        folder.resolve(ProvenanceStatement.FILE_NAME),
                        ProvenanceStatement.of(complete, InputDescription.hashed(OutputFolder.REPORT_FILE, file)));
            }
            inputs.requireUnchanged();
            written.add(complete);
        });
        return written.get(0);
    }

    private static RunReport with(RunReport report, OutputFolder output, List<HashedFile> files) {
        return report.with(Objects.requireNonNull(report.provenance())
                .with(new Provenance.Output(output.given().toString(), files)));
    }

    /**
     * Hashes all files below a folder.
     *
     * @param known files that have been hashed and have not changed since, except for the model card
     */
    private static List<HashedFile> hashed(Path folder, List<HashedFile> known) throws IOException {
        List<HashedFile> files = new ArrayList<>(known.stream()
                .filter(each -> !each.name().equals(ModelCard.FILE_NAME))
                .toList());
        List<String> names = files.stream().map(HashedFile::name).toList();
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(folder)) {
            paths = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : paths) {
            String name = folder.relativize(file).toString();
            if (!names.contains(name)) {
                files.add(InputDescription.hashed(name, file));
            }
        }
        files.sort((one, other) -> one.name().compareTo(other.name()));
        return files;
    }
}

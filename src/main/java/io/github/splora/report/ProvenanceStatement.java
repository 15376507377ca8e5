package io.github.splora.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport.CheckpointInput;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An in-toto statement about the files of a result: their hashes, the inputs they were made from, and the command. It is not signed;
 * tools such as cosign sign it, or the files, with the user's key.
 *
 * @see <a href="https://slsa.dev/spec/v1.0/provenance">SLSA provenance</a>
 */
public final class ProvenanceStatement {

    public static final String FILE_NAME = "splora-provenance.json";

    private static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
    private static final String PROJECT = "https://github.com/splora/splora";
    private static final String SHA256 = "sha256";

    private ProvenanceStatement() {}

    /**
     * Returns the statement about a result.
     *
     * @param report says what was written
     * @param itself the report's own file
     */
    public static String of(RunReport report, HashedFile itself) {
        Provenance provenance = Objects.requireNonNull(report.provenance());
        ObjectNode statement = StrictJson.toTree(Map.of());
        statement.put("_type", TYPE);
        ArrayNode subjects = statement.putArray("subject");
        Objects.requireNonNull(provenance.output()).files().forEach(file -> subject(subjects, file));
        subject(subjects, itself);
        statement.put("predicateType", PREDICATE_TYPE);
        ObjectNode predicate = statement.putObject("predicate");
        ObjectNode definition = predicate.putObject("buildDefinition");
        definition.put("buildType", PROJECT + "/provenance/v1");
        ArrayNode command = definition.putObject("externalParameters").putArray("command");
        provenance.expandedCommand().forEach(command::add);
        ArrayNode inputs = definition.putArray("resolvedDependencies");
        checkpoint(inputs, "base", report.inputs().base());
        checkpoint(inputs, "aligned", report.inputs().aligned());
        checkpoint(inputs, "adapted", report.inputs().adapted());
        RunReport.AdapterInput adapter = report.inputs().adapter();
        if (adapter != null) {
            input(inputs, "adapter weights", adapter.path()).put(SHA256, adapter.sha256());
            input(inputs, "adapter config", adapter.path()).put(SHA256, adapter.configSha256());
        }
        HashedFile calibration = report.inputs().calibration();
        if (calibration != null) {
            input(inputs, "calibration", calibration.name()).put(SHA256, calibration.sha256());
        }
        ObjectNode run = predicate.putObject("runDetails");
        ObjectNode builder = run.putObject("builder");
        builder.put("id", PROJECT);
        builder.putObject("version").put("splora", report.tool().version());
        run.putObject("metadata").put("finishedOn", provenance.created());
        return StrictJson.write(statement);
    }

    private static void subject(ArrayNode subjects, HashedFile file) {
        subjects.addObject().put("name", file.name()).putObject("digest").put(SHA256, file.sha256());
    }

    /** Adds a checkpoint by its fingerprint, which is a hash of the headers and of samples, or by all of its files if they were hashed. */
    private static void checkpoint(ArrayNode inputs, String name, @Nullable CheckpointInput checkpoint) {
        if (checkpoint == null) {
            return;
        }
        input(inputs, name, checkpoint.path()).put("sploraFingerprint", checkpoint.fingerprint());
        if (checkpoint.files() != null) {
            checkpoint.files().forEach(file -> input(inputs, name + " " + file.name(), checkpoint.path())
                    .put(SHA256, file.sha256()));
        }
    }

    private static ObjectNode input(ArrayNode inputs, String name, String path) {
        ObjectNode input = inputs.addObject().put("name", name);
        input.putObject("annotations").put("path", path);
        return input.putObject("digest");
    }

    /**
     * Reads which files a statement is about.
     *
     * @return SHA-256 by name
     * @throws BadInputException if it is not such a statement
     */
    public static Map<String, String> subjects(Path file) {
        ObjectNode statement = StrictJson.readObject(file);
        if (!TYPE.equals(statement.path("_type").textValue())
                || statement.path("subject").isEmpty()) {
            throw new BadInputException(
                    file, "_type", statement.path("_type"), "is not an in-toto statement about any file");
        }
        Map<String, String> subjects = new LinkedHashMap<>();
        statement.path("subject").forEach(subject -> {
            String name = subject.path("name").textValue();
            String sha256 = subject.path("digest").path(SHA256).textValue();
            if (name == null || sha256 == null || subjects.put(name, sha256) != null) {
                throw new BadInputException(file, "subject", subject, "must have a name of its own and a SHA-256");
            }
        });
        return subjects;
    }
}

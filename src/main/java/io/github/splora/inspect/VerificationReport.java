package io.github.splora.inspect;

import io.github.splora.error.Problem;
import io.github.splora.json.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a verification: the document that {@code verify --format json} prints.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the document, with its version
 * @param adapter the adapter, as the user named it
 * @param aligned the model that it was checked against; null if it was checked on its own
 * @param clients the programs that it was checked for
 * @param modules number of its LoRA modules; null if it cannot be opened
 * @param ok whether there is no problem
 * @param problems everything that prevents loading it
 * @param warnings what a reader must know besides
 */
public record VerificationReport(
        int schemaVersion,
        String tool,
        String adapter,
        @Nullable String aligned,
        List<String> clients,
        @Nullable Integer modules,
        boolean ok,
        List<Fault> problems,
        List<String> warnings) {

    private static final int SCHEMA_VERSION = 1;

    /**
     * A problem.
     *
     * @param file the file or folder with the fault
     * @param field the faulty part; null if the whole file is meant
     * @param value the value found there; null if there is none
     * @param explanation why it is wrong, and what to do
     */
    public record Fault(String file, @Nullable String field, @Nullable String value, String explanation) {

        private static Fault of(Problem problem) {
            return new Fault(problem.file(), problem.field(), problem.value(), problem.explanation());
        }
    }

    /** Returns the document for these problems. */
    public static VerificationReport of(
            String tool,
            String adapter,
            @Nullable String aligned,
            List<String> clients,
            @Nullable Integer modules,
            List<Problem> problems,
            List<String> warnings) {
        return new VerificationReport(
                SCHEMA_VERSION,
                tool,
                adapter,
                aligned,
                clients,
                modules,
                problems.isEmpty(),
                problems.stream().map(Fault::of).toList(),
                warnings);
    }

    /** Returns the JSON document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }
}

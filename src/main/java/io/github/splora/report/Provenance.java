package io.github.splora.report;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a report comes from, and what came of the run.
 *
 * @param created when the report was made, in UTC (ISO 8601)
 * @param output what the run wrote; null if it wrote nothing
 */
public record Provenance(String created, @Nullable Output output) {

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
     * A file.
     *
     * @param name its name within its folder
     * @param bytes its size
     * @param sha256 SHA-256 of its bytes, in hexadecimal
     */
    public record HashedFile(String name, long bytes, String sha256) {

        static boolean areWhole(@Nullable List<HashedFile> files) {
            return files != null
                    && files.stream()
                            .allMatch(each -> each != null && each.name != null && Objects.nonNull(each.sha256));
        }
    }

    /** Returns the same with what the run wrote. */
    public Provenance with(Output written) {
        return new Provenance(created, written);
    }

    boolean isWhole() {
        return created != null && (output == null || output.isWhole());
    }
}

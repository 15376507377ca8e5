package io.github.splora.fleet;

import io.github.splora.report.RunReport;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of a ledger: what was decided on one adapter, why, and from which inputs.
 *
 * @param schemaVersion version of these fields
 * @param adapter path or hub id
 * @param verdict {@code allow}, {@code review}, {@code block} or {@code error}
 * @param reasons why it is not allowed; empty if it is
 * @param warnings what a person should know besides
 * @param figures figures over its modules; null if it could not be judged
 * @param repaired folder of the repaired adapter; null if none was written
 * @param files SHA-256 of the adapter's config and weights, by name
 * @param models fingerprints of the models, {@code base} and {@code aligned}
 * @param settings everything else that determines the verdict
 * @param version version of splora
 * @param created when the verdict was given, in UTC
 * @param key SHA-256 over the adapter's name and hashes, the models, the settings and the version: what {@code --resume} looks up
 * @param tableBytes length of the table of modules with this adapter's rows; a run without a table keeps the last one, at first 0
 */
public record LedgerEntry(
        int schemaVersion,
        String adapter,
        String verdict,
        List<String> reasons,
        List<String> warnings,
        RunReport.@Nullable Summary figures,
        @Nullable String repaired,
        Map<String, String> files,
        Map<String, String> models,
        Map<String, Object> settings,
        String version,
        String created,
        String key,
        long tableBytes) {

    public static final int SCHEMA_VERSION = 1;

    /** Whether no field is missing and the verdict is known, in a line that was read. */
    boolean isWhole() {
        return Stream.of(adapter, reasons, warnings, files, models, settings, version, created, key)
                        .allMatch(Objects::nonNull)
                && verdict != null
                && FleetVerdict.named(verdict).isPresent()
                && (figures != null || verdict.equals(FleetVerdict.ERROR.toString()));
    }

    /** Returns the same with a length of the table. */
    LedgerEntry withTableBytes(long bytes) {
        return new LedgerEntry(
                schemaVersion,
                adapter,
                verdict,
                reasons,
                warnings,
                figures,
                repaired,
                files,
                models,
                settings,
                version,
                created,
                key,
                bytes);
    }
}

package io.github.splora.run;

import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.error.Printable;
import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.Policy;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a fleet's ledger: what identifies an adapter and its verdict, and everything that determines them.
 *
 * @param repair what is done to adapters that are not allowed; empty if nothing is
 */
record FleetEntries(
        RunContext context, ScoreOptions score, Policy policy, Optional<Surgery> repair, FleetModels models) {

    LedgerEntry entry(
            String given,
            Map<String, String> files,
            String verdict,
            List<String> reasons,
            @Nullable RunReport report,
            @Nullable String repaired) {
        return new LedgerEntry(
                LedgerEntry.SCHEMA_VERSION,
                given,
                verdict,
                reasons,
                report == null
                        ? List.of()
                        : report.warnings().stream().map(Printable::text).toList(),
                report == null ? null : report.summary(),
                repaired,
                files,
                models.fingerprints(),
                settings(),
                context.version(),
                context.clock().now(),
                key(given, files),
                0);
    }

    /** Hashes an adapter's files, as far as they can be read. */
    AdapterFiles files(String given) {
        return AdapterFiles.of(given, context.hub(), score.revision());
    }

    /** Returns the SHA-256 of an adapter's files, as far as they can be read. */
    Map<String, String> hashes(String given) {
        return files(given).hashes();
    }

    String key(String given, Map<String, String> files) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("adapter", given);
        parts.put("files", files);
        parts.put("base", models.baseFingerprint());
        parts.put("aligned", models.alignedFingerprint());
        parts.put("settings", settings());
        parts.put("version", context.version());
        return Fingerprint.sha256(StrictJson.writeLine(parts).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns everything but the inputs that determines a verdict. */
    private Map<String, Object> settings() {
        Scored.Basis basis = Scored.Basis.of(score.scheme(), score);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("metric", basis.metric().toString());
        settings.put("reference", basis.reference());
        settings.put("population", basis.population());
        settings.put("center", basis.center());
        settings.put("spread", basis.spread());
        if (basis.energy() != null) {
            settings.put("energy", basis.energy());
        }
        if (basis.seed() != null) {
            settings.put("seed", basis.seed());
        }
        settings.put("include", basis.include());
        settings.put("exclude", basis.exclude());
        score.tower().ifPresent(tower -> settings.put("tower", tower));
        settings.put("rule", score.ruleFor(basis.metric()).label());
        Double value = score.ruleFor(basis.metric()).value();
        if (value != null) {
            settings.put("value", value);
        }
        settings.put("policy", policy.described());
        repair.ifPresent(surgery -> {
            settings.put("repair", surgery.asOptions());
            settings.put("client", score.client().toString());
        });
        return settings;
    }
}

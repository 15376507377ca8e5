package io.github.splora.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.report.Junit;
import io.github.splora.report.Junit.Outcome;
import io.github.splora.report.Sarif;
import io.github.splora.report.Sarif.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A ledger's latest verdict on each adapter, in the forms that CI systems read. */
public final class LedgerResults {

    private final Map<String, ObjectNode> latest = new LinkedHashMap<>();

    /** Reads a ledger. */
    public LedgerResults(Path ledger) {
        Ledger.read(ledger, entry -> latest.put(entry.path("adapter").textValue(), entry));
    }

    /**
     * Returns a SARIF document with a finding for every adapter that is not allowed.
     *
     * @param version of splora
     */
    public String sarif(String version) {
        Sarif sarif = new Sarif(version);
        latest.forEach((adapter, entry) -> {
            switch (entry.path("verdict").textValue()) {
                case "allow" -> {}
                case "review" -> sarif.add(Rule.ADAPTER_TO_REVIEW, reasons(entry), adapter, null);
                case "block" -> sarif.add(Rule.ADAPTER_BLOCKED, reasons(entry), adapter, null);
                default -> sarif.add(Rule.ADAPTER_NOT_JUDGED, reasons(entry), adapter, null);
            }
        });
        return sarif.toJson();
    }

    /** Returns a JUnit document with a test for every adapter. */
    public String junit() {
        Junit junit = new Junit();
        junit.suite("splora fleet");
        latest.forEach((adapter, entry) -> junit.test(
                adapter,
                switch (entry.path("verdict").textValue()) {
                    case "allow" -> Outcome.PASSED;
                    case "review", "block" -> Outcome.FAILED;
                    default -> Outcome.ERROR;
                },
                entry.path("verdict").textValue() + ": " + reasons(entry)));
        return junit.toXml();
    }

    private static String reasons(ObjectNode entry) {
        List<String> reasons = new ArrayList<>();
        for (JsonNode reason : entry.path("reasons")) {
            reasons.add(reason.asText());
        }
        return String.join("; ", reasons);
    }
}

package io.github.splora.fleet;

import io.github.splora.report.Junit;
import io.github.splora.report.Junit.Outcome;
import io.github.splora.report.Sarif;
import io.github.splora.report.Sarif.Rule;
import java.util.List;

/** A ledger's latest verdict on each adapter, in the forms that CI systems read. */
public final class LedgerResults {

    private final List<LedgerEntry> entries;

    /** @param report the adapters to write */
    public LedgerResults(LedgerReport report) {
        entries = report.entries();
    }

    /**
     * Returns a SARIF document with a finding for every adapter that is not allowed.
     *
     * @param version of splora
     */
    public String sarif(String version) {
        Sarif sarif = new Sarif(version);
        entries.forEach(entry -> {
            switch (entry.verdict()) {
                case "allow" -> {}
                case "review" -> sarif.add(Rule.ADAPTER_TO_REVIEW, reasons(entry), entry.adapter(), null);
                case "block" -> sarif.add(Rule.ADAPTER_BLOCKED, reasons(entry), entry.adapter(), null);
                default -> sarif.add(Rule.ADAPTER_NOT_JUDGED, reasons(entry), entry.adapter(), null);
            }
        });
        return sarif.toJson();
    }

    /** Returns a JUnit document with a test for every adapter. */
    public String junit() {
        Junit junit = new Junit();
        junit.suite("splora fleet");
        entries.forEach(entry -> junit.test(
                entry.adapter(),
                switch (entry.verdict()) {
                    case "allow" -> Outcome.PASSED;
                    case "review", "block" -> Outcome.FAILED;
                    default -> Outcome.ERROR;
                },
                entry.verdict() + ": " + reasons(entry)));
        return junit.toXml();
    }

    private static String reasons(LedgerEntry entry) {
        return String.join("; ", entry.reasons());
    }
}

package io.github.splora.report;

import io.github.splora.report.Junit.Outcome;
import java.util.List;

/** Writes a report as JUnit XML: a suite per adapter, with a test per gate, and one per module, which failed if a failed gate names it. */
final class JunitWriter implements ReportWriter {

    @Override
    public String write(RunReport report) {
        return write(List.of(report));
    }

    /** Writes several reports as one document. */
    String write(List<RunReport> reports) {
        Junit junit = new Junit();
        reports.forEach(report -> add(report, junit));
        return junit.toXml();
    }

    private static void add(RunReport report, Junit junit) {
        junit.suite(report.inputs().subject());
        List<Verdict.Gate> gates =
                report.verdict() == null ? List.of() : report.verdict().gates();
        gates.forEach(gate ->
                junit.test("gate " + gate.gate(), gate.passed() ? Outcome.PASSED : Outcome.FAILED, gate.message()));
        for (ModuleRow row : report.modules()) {
            List<String> failed = gates.stream()
                    .filter(gate -> !gate.passed() && gate.modules().contains(row.name()))
                    .map(Verdict.Gate::gate)
                    .toList();
            if (failed.isEmpty()) {
                boolean isScored = row.score() != null;
                junit.test(row.name(), isScored ? Outcome.PASSED : Outcome.SKIPPED, "no score: " + row.unscored());
            } else {
                junit.test(row.name(), Outcome.FAILED, "failed: " + String.join(", ", failed) + "; " + row.reason());
            }
        }
    }
}

package io.github.splora.report;

import io.github.splora.report.Sarif.Rule;
import java.util.List;

/** Writes what a run has found as SARIF: failed gates, selected modules, changes without a score, and warnings. */
final class SarifWriter implements ReportWriter {

    @Override
    public String write(RunReport report) {
        return write(List.of(report));
    }

    /** Writes the findings of several reports as one document. */
    String write(List<RunReport> reports) {
        Sarif sarif = new Sarif(reports.get(0).tool().version());
        reports.forEach(report -> add(report, sarif));
        return sarif.toJson();
    }

    private static void add(RunReport report, Sarif sarif) {
        String adapter = report.inputs().subject();
        if (report.verdict() != null) {
            report.verdict()
                    .failures()
                    .forEach(gate -> sarif.add(
                            Rule.GATE_FAILED,
                            gate.message(),
                            adapter,
                            gate.modules().size() == 1 ? gate.modules().get(0) : null));
        }
        report.modules().stream()
                .filter(ModuleRow::goes)
                .forEach(row -> sarif.add(Rule.MODULE_SELECTED, row.name() + ": " + row.reason(), adapter, row.name()));
        report.effects()
                .forEach(effect -> sarif.add(
                        Rule.CHANGE_NOT_SCORED,
                        effect.name() + " changes the model, not scored: " + effect.reason(),
                        adapter,
                        effect.name()));
        report.warnings().forEach(warning -> sarif.add(Rule.WARNING, warning, adapter, null));
    }
}

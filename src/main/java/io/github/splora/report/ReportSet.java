package io.github.splora.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Printable;
import io.github.splora.json.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The reports of a run. A single report is written as it is. Several become one JSON document with an array of reports,
 * one CSV table with the adapter in the first column, or plain text or Markdown with a heading for each adapter.
 */
public record ReportSet(List<RunReport> reports) {

    /**
     * Reads the reports of a run, on one adapter or on several.
     *
     * @throws BadInputException as {@link RunReport#read}
     */
    public static ReportSet read(Path file) {
        return of(file, StrictJson.readNamed(file));
    }

    /** Returns the reports in a file's content. */
    public static ReportSet of(Path file, ObjectNode json) {
        if (!json.has("reports")) {
            return new ReportSet(List.of(RunReport.of(file, json)));
        }
        List<RunReport> reports = new ArrayList<>();
        for (JsonNode report : json.path("reports")) {
            if (!(report instanceof ObjectNode object)) {
                throw new BadInputException(file, "reports", report, "must be an array of reports");
            }
            reports.add(RunReport.of(file, object));
        }
        if (reports.isEmpty()) {
            throw new BadInputException(file, "reports", null, "must be an array of at least one report");
        }
        return new ReportSet(reports);
    }

    /** Returns the whole text, with a final line break. */
    public String write(ReportFormat format, TableLayout layout) {
        ReportWriter writer = format.writer(layout);
        if (reports.size() == 1) {
            return writer.write(reports.get(0));
        }
        return switch (format) {
            case JSON -> json();
            case CSV -> csv();
            case TABLE -> under("", Printable::text, writer);
            case MARKDOWN -> under("## ", Markdown::text, writer);
            case SARIF -> new SarifWriter().write(reports);
            case JUNIT -> new JunitWriter().write(reports);
        };
    }

    private String json() {
        ObjectNode set = StrictJson.toTree(Map.of("schemaVersion", RunReport.SCHEMA_VERSION));
        ArrayNode all = set.putArray("reports");
        reports.forEach(report -> all.add(StrictJson.toTree(report)));
        return StrictJson.write(set);
    }

    private String csv() {
        StringBuilder text = new StringBuilder();
        for (RunReport report : reports) {
            text.append(new CsvWriter().write(report, text.isEmpty()));
        }
        return text.toString();
    }

    private String under(String before, UnaryOperator<String> text, ReportWriter writer) {
        return reports.stream()
                .map(report -> before + text.apply(report.inputs().subject()) + "\n\n" + writer.write(report))
                .collect(Collectors.joining("\n"));
    }
}

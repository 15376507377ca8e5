package io.github.splora.report;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes every field of every row as CSV (RFC 4180): numbers with all digits, absent figures as empty cells. */
final class CsvWriter implements ReportWriter {

    private static final List<String> HEADER = List.of(
            "name",
            "block",
            "type",
            "out",
            "in",
            "rank",
            "scaling",
            "score",
            "distance",
            "expectedDistance",
            "spread",
            "cosine",
            "deltaNorm",
            "referenceNorm",
            "alignmentNorm",
            "decision",
            "reason");

    @Override
    public String write(RunReport report) {
        return lines(Stream.concat(
                Stream.of(HEADER.stream()), report.modules().stream().map(CsvWriter::cells)));
    }

    /** Returns the rows of one of several reports, with the adapter in an additional first column. */
    String write(RunReport report, boolean withHeader) {
        String adapter = Csv.text(report.inputs().subject());
        Stream<Stream<String>> rows =
                report.modules().stream().map(row -> Stream.concat(Stream.of(adapter), cells(row)));
        Stream<String> header = Stream.concat(Stream.of("adapter"), HEADER.stream());
        return lines(withHeader ? Stream.concat(Stream.of(header), rows) : rows);
    }

    private static String lines(Stream<Stream<String>> rows) {
        return rows.map(Csv::line).collect(Collectors.joining());
    }

    private static Stream<String> cells(ModuleRow row) {
        return Stream.of(
                        Csv.text(row.name()),
                        row.block(),
                        Csv.text(row.type()),
                        row.outFeatures(),
                        row.inFeatures(),
                        row.rank(),
                        row.scaling(),
                        row.score(),
                        row.distance(),
                        row.expectedDistance(),
                        row.spread(),
                        row.cosine(),
                        row.deltaNorm(),
                        row.referenceNorm(),
                        row.alignmentNorm(),
                        Csv.text(row.decision()),
                        Csv.text(row.reason()))
                .map(cell -> Objects.toString(cell, ""));
    }
}

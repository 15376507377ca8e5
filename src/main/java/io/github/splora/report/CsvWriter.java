package io.github.splora.report;

import io.github.splora.parquet.TableColumn;
import io.github.splora.parquet.TableColumn.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes every field of every row as CSV (RFC 4180): numbers with all digits, absent figures as empty cells. */
public final class CsvWriter implements ReportWriter {

    private static final List<TableColumn> COLUMNS = List.of(
            new TableColumn("name", Kind.TEXT),
            new TableColumn("block", Kind.INTEGER),
            new TableColumn("type", Kind.TEXT),
            new TableColumn("out", Kind.INTEGER),
            new TableColumn("in", Kind.INTEGER),
            new TableColumn("rank", Kind.INTEGER),
            new TableColumn("scaling", Kind.NUMBER),
            new TableColumn("score", Kind.NUMBER),
            new TableColumn("distance", Kind.NUMBER),
            new TableColumn("expectedDistance", Kind.NUMBER),
            new TableColumn("spread", Kind.NUMBER),
            new TableColumn("cosine", Kind.NUMBER),
            new TableColumn("deltaNorm", Kind.NUMBER),
            new TableColumn("referenceNorm", Kind.NUMBER),
            new TableColumn("alignmentNorm", Kind.NUMBER),
            new TableColumn("correctedRank", Kind.INTEGER),
            new TableColumn("correctedNorm", Kind.NUMBER),
            new TableColumn("decision", Kind.TEXT),
            new TableColumn("reason", Kind.TEXT),
            new TableColumn("failedGates", Kind.TEXT));

    private static final List<String> HEADER =
            COLUMNS.stream().map(TableColumn::name).toList();

    /** Returns the columns of {@link #write(RunReport, boolean)}. */
    public static List<TableColumn> columnsOfSeveral() {
        return Stream.concat(Stream.of(new TableColumn("adapter", Kind.TEXT)), COLUMNS.stream())
                .toList();
    }

    @Override
    public String write(RunReport report) {
        return lines(Stream.concat(Stream.of(HEADER.stream()), rows(report)));
    }

    /** Returns the rows of one of several reports, with the adapter in an additional first column. */
    public String write(RunReport report, boolean withHeader) {
        String adapter = Csv.text(report.inputs().subject());
        Stream<Stream<String>> rows = rows(report).map(row -> Stream.concat(Stream.of(adapter), row));
        Stream<String> header = Stream.concat(Stream.of("adapter"), HEADER.stream());
        return lines(withHeader ? Stream.concat(Stream.of(header), rows) : rows);
    }

    /** Returns the same rows as text, cell by cell in the order of {@link #columnsOfSeveral}; a figure that is absent is empty. */
    public static List<List<String>> cellsOfSeveral(RunReport report) {
        String adapter = Csv.text(report.inputs().subject());
        return rows(report)
                .map(row -> Stream.concat(Stream.of(adapter), row).toList())
                .toList();
    }

    private static String lines(Stream<Stream<String>> rows) {
        return rows.map(Csv::line).collect(Collectors.joining());
    }

    /** The modules, then what else changes the model, with its norm as {@code deltaNorm}. */
    private static Stream<Stream<String>> rows(RunReport report) {
        Map<String, String> failures = failures(report);
        return Stream.concat(
                report.modules().stream().map(row -> cells(row, failures.getOrDefault(row.name(), ""))),
                report.effects().stream().map(effect -> cells(effect, failures.getOrDefault(effect.name(), ""))));
    }

    /** Returns the gates that each name has failed, separated by blanks. */
    private static Map<String, String> failures(RunReport report) {
        Map<String, String> failures = new HashMap<>();
        if (report.verdict() != null) {
            report.verdict().failures().forEach(gate -> gate.modules()
                    .forEach(name -> failures.merge(name, gate.gate(), (one, other) -> one + " " + other)));
        }
        return failures;
    }

    private static Stream<String> cells(EffectRow effect, String failures) {
        Map<String, Object> known = new HashMap<>();
        known.put("name", Csv.text(effect.name()));
        known.put("type", Csv.text(effect.kind()));
        known.put("cosine", effect.cosine());
        known.put("deltaNorm", effect.norm());
        known.put("decision", ModuleRow.KEEP);
        known.put("reason", Csv.text("changes the model, not scored: " + effect.reason()));
        known.put("failedGates", Csv.text(failures));
        return HEADER.stream().map(column -> Objects.toString(known.get(column), ""));
    }

    private static Stream<String> cells(ModuleRow row, String failures) {
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
                        row.correctedRank(),
                        row.correctedNorm(),
                        Csv.text(row.decision()),
                        Csv.text(row.reason()),
                        Csv.text(failures))
                .map(cell -> Objects.toString(cell, ""));
    }
}

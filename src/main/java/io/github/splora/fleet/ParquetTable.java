package io.github.splora.fleet;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.RuntimeJsonMappingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.github.splora.error.BadInputException;
import io.github.splora.parquet.ParquetWriter;
import io.github.splora.parquet.TableColumn;
import io.github.splora.report.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** Writes the rows of a table of modules as Parquet: the same columns and values; an empty cell is null. */
final class ParquetTable {

    private ParquetTable() {}

    /**
     * Writes the Parquet file.
     *
     * @param rows CSV file; empty if no adapter could be judged
     * @param version of splora
     * @throws BadInputException if another program has changed the rows
     */
    static void write(Path rows, OutputStream out, String version) throws IOException {
        List<TableColumn> columns = CsvWriter.columnsOfSeveral();
        long row = 1;
        ParquetWriter writer = new ParquetWriter(out, columns, "splora version " + version);
        try (MappingIterator<List<String>> lines = new CsvMapper()
                .readerForListOf(String.class)
                .with(CsvParser.Feature.WRAP_AS_ARRAY)
                .readValues(rows.toFile())) {
            List<String> header = columns.stream().map(TableColumn::name).toList();
            if (lines.hasNext() && !lines.next().equals(header)) {
                throw new IllegalArgumentException("its columns are not those of this version of splora");
            }
            while (lines.hasNext()) {
                row++;
                writer.add(lines.next());
            }
            writer.finish();
        } catch (IllegalArgumentException | RuntimeJsonMappingException e) {
            throw new BadInputException(
                    rows,
                    "row " + row,
                    null,
                    "is not what 'splora fleet' wrote: " + reason(e) + "; begin a new ledger and table",
                    e);
        }
    }

    /** Returns a message without the place that Jackson appends to it: the row is known. */
    private static String reason(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}

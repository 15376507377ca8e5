package io.github.splora.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.Util;

/**
 * Writes a flat table as a Parquet file: every column optional, plain encoding, pages compressed with gzip. The same rows give the
 * same file, however long it takes to add them.
 */
public final class ParquetWriter {

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /** Bytes of the rows that are held before they are written. */
    private static final long GROUP_BYTES = 16L << 20;

    private final List<TableColumn> columns;
    private final String createdBy;
    private final CountedStream out;
    private final long groupBytes;
    private final List<RowGroup> groups = new ArrayList<>();
    private List<ColumnChunkWriter> chunks = List.of();
    private long rows;
    private long rowsInGroup;

    /**
     * Starts a file.
     *
     * @param out receives the file; stays open
     * @param createdBy program and version
     */
    public ParquetWriter(OutputStream out, List<TableColumn> columns, String createdBy) throws IOException {
        this(out, columns, createdBy, GROUP_BYTES);
    }

    ParquetWriter(OutputStream out, List<TableColumn> columns, String createdBy, long groupBytes) throws IOException {
        this.columns = List.copyOf(columns);
        this.createdBy = createdBy;
        this.groupBytes = groupBytes;
        this.out = new CountedStream(out);
        this.out.write(MAGIC);
    }

    /**
     * Adds a row.
     *
     * @param cells one per column, as text; an absent one is empty
     * @throws IllegalArgumentException if the number of cells is wrong, or a cell is no number where one is due
     */
    public void add(List<String> cells) throws IOException {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells instead of " + columns.size());
        }
        if (chunks.isEmpty()) {
            chunks = columns.stream().map(ColumnChunkWriter::new).toList();
        }
        for (int i = 0; i < cells.size(); i++) {
            chunks.get(i).add(cells.get(i));
        }
        rows++;
        rowsInGroup++;
        if (chunks.stream().mapToLong(ColumnChunkWriter::size).sum() >= groupBytes) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        List<ColumnChunk> written = new ArrayList<>();
        for (ColumnChunkWriter chunk : chunks) {
            written.add(chunk.writeTo(out));
        }
        long bytes = written.stream()
                .mapToLong(chunk -> chunk.getMeta_data().getTotal_uncompressed_size())
                .sum();
        groups.add(new RowGroup(written, bytes, rowsInGroup));
        chunks = List.of();
        rowsInGroup = 0;
    }

    /** Writes the rest, and the footer. */
    public void finish() throws IOException {
        if (!chunks.isEmpty()) {
            endGroup();
        }
        long start = out.count();
        FileMetaData footer = new FileMetaData(1, schema(), rows, groups);
        footer.setCreated_by(createdBy);
        Util.writeFileMetaData(footer, out);
        out.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (out.count() - start))
                .array());
        out.write(MAGIC);
        out.flush();
    }

    private List<SchemaElement> schema() {
        SchemaElement root = new SchemaElement("table").setNum_children(columns.size());
        return Stream.concat(Stream.of(root), columns.stream().map(ParquetWriter::element))
                .toList();
    }

    private static SchemaElement element(TableColumn column) {
        SchemaElement element = new SchemaElement(column.name())
                .setType(ColumnChunkWriter.type(column.kind()))
                .setRepetition_type(FieldRepetitionType.OPTIONAL);
        if (column.kind() == TableColumn.Kind.TEXT) {
            element.setConverted_type(ConvertedType.UTF8).setLogicalType(LogicalType.STRING(new StringType()));
        }
        return element;
    }
}

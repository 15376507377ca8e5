package io.github.splora.parquet;

import io.github.splora.parquet.TableColumn.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;

/** Collects one column of a row group, and writes it as a single page: plain values without those that are absent, compressed. */
final class ColumnChunkWriter {

    private final TableColumn column;
    private final ByteArrayOutputStream levels = new ByteArrayOutputStream();
    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int rows;
    private int absent;
    /** The current run of rows that all have a value or all have none. */
    private int run;

    private boolean isRunPresent;

    ColumnChunkWriter(TableColumn column) {
        this.column = column;
    }

    static Type type(Kind kind) {
        return switch (kind) {
            case TEXT -> Type.BYTE_ARRAY;
            case INTEGER -> Type.INT64;
            case NUMBER -> Type.DOUBLE;
        };
    }

    /**
     * Adds a cell.
     *
     * @param cell as text; empty if it is absent
     * @throws NumberFormatException if the column holds numbers, and this is none
     */
    void add(String cell) {
        boolean isPresent = !cell.isEmpty();
        if (isPresent) {
            addValue(cell);
        } else {
            absent++;
        }
        if (isPresent != isRunPresent) {
            endRun();
            isRunPresent = isPresent;
        }
        run++;
        rows++;
    }

    private void addValue(String cell) {
        switch (column.kind()) {
            case TEXT -> {
                byte[] text = cell.getBytes(StandardCharsets.UTF_8);
                values.write(number.putInt(0, text.length).array(), 0, Integer.BYTES);
                values.writeBytes(text);
            }
            case INTEGER ->
                values.writeBytes(number.putLong(0, Long.parseLong(cell)).array());
            case NUMBER ->
                values.writeBytes(number.putDouble(0, Double.parseDouble(cell)).array());
        }
    }

    /** Bytes that it holds. */
    long size() {
        return levels.size() + (long) values.size();
    }

    /** Writes a run of Parquet's hybrid encoding: twice its length as a variable-length number, then its value. */
    private void endRun() {
        if (run == 0) {
            return;
        }
        int header = run << 1;
        while (header >= 0x80) {
            levels.write((header & 0x7f) | 0x80);
            header >>>= 7;
        }
        levels.write(header);
        levels.write(isRunPresent ? 1 : 0);
        run = 0;
    }

    /**
     * Writes the page.
     *
     * @return what the file's footer says of it
     */
    ColumnChunk writeTo(CountedStream out) throws IOException {
        endRun();
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        int length;
        try (GZIPOutputStream zipped = new GZIPOutputStream(page)) {
            zipped.write(number.putInt(0, levels.size()).array(), 0, Integer.BYTES);
            levels.writeTo(zipped);
            values.writeTo(zipped);
            length = Integer.BYTES + levels.size() + values.size();
        }
        PageHeader header = new PageHeader(PageType.DATA_PAGE, length, page.size());
        header.setData_page_header(new DataPageHeader(rows, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
        long start = out.count();
        Util.writePageHeader(header, out);
        long headerSize = out.count() - start;
        page.writeTo(out);
        ColumnMetaData meta = new ColumnMetaData(
                type(column.kind()),
                List.of(Encoding.PLAIN, Encoding.RLE),
                List.of(column.name()),
                CompressionCodec.GZIP,
                rows,
                headerSize + length,
                out.count() - start,
                start);
        meta.setStatistics(new Statistics().setNull_count(absent));
        return new ColumnChunk(0).setMeta_data(meta);
    }
}

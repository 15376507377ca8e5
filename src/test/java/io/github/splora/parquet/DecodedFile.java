package io.github.splora.parquet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/** A file of {@link ParquetWriter}, as parquet-java's decoders want it: they do not open files without Hadoop. */
final class DecodedFile {

    private final byte[] bytes;
    private final FileMetaData footer;

    DecodedFile(byte[] bytes) throws IOException {
        this.bytes = bytes;
        int end = bytes.length - 8;
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
        footer = Util.readFileMetaData(new ByteArrayInputStream(bytes, end - length, length));
    }

    FileMetaData footer() {
        return footer;
    }

    List<PageReadStore> groups() {
        return footer.getRow_groups().stream().map(this::pages).toList();
    }

    private PageReadStore pages(RowGroup group) {
        Map<String, ColumnMetaData> columns = new HashMap<>();
        group.getColumns()
                .forEach(chunk ->
                        columns.put(chunk.getMeta_data().getPath_in_schema().get(0), chunk.getMeta_data()));
        return new PageReadStore() {
            @Override
            public PageReader getPageReader(ColumnDescriptor column) {
                return new OnePage(column, columns.get(column.getPath()[0]));
            }

            @Override
            public long getRowCount() {
                return group.getNum_rows();
            }
        };
    }

    private final class OnePage implements PageReader {

        private final ColumnDescriptor column;
        private final ColumnMetaData meta;

        OnePage(ColumnDescriptor column, ColumnMetaData meta) {
            this.column = column;
            this.meta = meta;
        }

        @Override
        public DictionaryPage readDictionaryPage() {
            return null;
        }

        @Override
        public long getTotalValueCount() {
            return meta.getNum_values();
        }

        @Override
        public DataPage readPage() {
            try {
                ByteArrayInputStream in = new ByteArrayInputStream(
                        bytes, (int) meta.getData_page_offset(), (int) meta.getTotal_compressed_size());
                PageHeader header = Util.readPageHeader(in);
                if (in.available() != header.getCompressed_page_size()) {
                    throw new IOException("another page follows");
                }
                byte[] page = new GZIPInputStream(in).readAllBytes();
                return new DataPageV1(
                        BytesInput.from(page),
                        header.getData_page_header().getNum_values(),
                        header.getUncompressed_page_size(),
                        Statistics.createStats(column.getPrimitiveType()),
                        Encoding.RLE,
                        Encoding.RLE,
                        Encoding.PLAIN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

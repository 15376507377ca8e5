package io.github.splora.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.splora.parquet.TableColumn.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** parquet-java decodes what is written: every value with all its bits, every absent cell as null. */
class ParquetWriterTest {

    private static final List<TableColumn> COLUMNS = List.of(
            new TableColumn("name", Kind.TEXT),
            new TableColumn("rank", Kind.INTEGER),
            new TableColumn("score", Kind.NUMBER));
    private static final String SCHEMA =
            "message table { optional binary name (STRING); optional int64 rank; optional double score; }";

    @TempDir
    Path folder;

    private static void write(OutputStream out, List<List<String>> rows, long groupBytes) throws IOException {
        ParquetWriter writer = new ParquetWriter(out, COLUMNS, "test version 1", groupBytes);
        for (List<String> row : rows) {
            writer.add(row);
        }
        writer.finish();
    }

    private Path written(List<List<String>> rows, long groupBytes) throws IOException {
        Path file = folder.resolve("table.parquet");
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out, rows, groupBytes);
        }
        return file;
    }

    private static List<Map<String, Object>> read(Path file) throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType(SCHEMA);
        DecodedFile decoded = new DecodedFile(Files.readAllBytes(file));
        List<Map<String, Object>> rows = new ArrayList<>();
        for (PageReadStore pages : decoded.groups()) {
            RecordReader<Group> reader =
                    new ColumnIOFactory().getColumnIO(schema).getRecordReader(pages, new GroupRecordConverter(schema));
            for (long i = 0; i < pages.getRowCount(); i++) {
                rows.add(row(reader.read()));
            }
        }
        assertThat(decoded.footer().getNum_rows()).isEqualTo(rows.size());
        return rows;
    }

    private static Map<String, Object> row(Group group) {
        Map<String, Object> row = new HashMap<>();
        if (group.getFieldRepetitionCount("name") > 0) {
            row.put("name", group.getString("name", 0));
        }
        if (group.getFieldRepetitionCount("rank") > 0) {
            row.put("rank", group.getLong("rank", 0));
        }
        if (group.getFieldRepetitionCount("score") > 0) {
            row.put("score", group.getDouble("score", 0));
        }
        return row;
    }

    private static List<List<String>> random(int count) {
        Random random = new Random(count);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(List.of(
                    random.nextInt(5) == 0 ? "" : "ä,\"\n" + random.nextInt(),
                    random.nextBoolean() ? "" : Long.toString(random.nextLong()),
                    random.nextInt(1000) != 0 ? Double.toString(Double.longBitsToDouble(random.nextLong())) : ""));
        }
        return rows;
    }

    private static Map<String, Object> expected(List<String> cells) {
        Map<String, Object> row = new HashMap<>();
        if (!cells.get(0).isEmpty()) {
            row.put("name", cells.get(0));
        }
        if (!cells.get(1).isEmpty()) {
            row.put("rank", Long.valueOf(cells.get(1)));
        }
        if (!cells.get(2).isEmpty()) {
            row.put("score", Double.valueOf(cells.get(2)));
        }
        return row;
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "3000, 1000000", "3000, 1000", "3000, 1"})
    void everyRowIsReadAsItWasAdded(int count, long groupBytes) throws IOException {
        List<List<String>> rows = random(count);
        assertThat(read(written(rows, groupBytes)))
                .isEqualTo(rows.stream().map(ParquetWriterTest::expected).toList());
    }

    @Test
    void theFooterNamesTheTypesAndCountsTheNulls() throws IOException {
        List<List<String>> rows = random(500);
        FileMetaData footer = new DecodedFile(Files.readAllBytes(written(rows, 1 << 20))).footer();
        assertThat(footer.getCreated_by()).isEqualTo("test version 1");
        assertThat(footer.getSchema().stream().skip(1))
                .extracting(SchemaElement::getName, SchemaElement::getType, SchemaElement::getConverted_type)
                .containsExactly(
                        tuple("name", Type.BYTE_ARRAY, ConvertedType.UTF8),
                        tuple("rank", Type.INT64, null),
                        tuple("score", Type.DOUBLE, null));
        assertThat(footer.getRow_groups()).hasSize(1);
        for (int i = 0; i < 3; i++) {
            int column = i;
            assertThat(footer.getRow_groups()
                            .get(0)
                            .getColumns()
                            .get(i)
                            .getMeta_data()
                            .getStatistics()
                            .getNull_count())
                    .isEqualTo(rows.stream()
                            .filter(row -> row.get(column).isEmpty())
                            .count());
        }
    }

    @Test
    void theSameRowsGiveTheSameFile() throws IOException {
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        write(one, random(500), 5000);
        write(other, random(500), 5000);
        assertThat(one.toByteArray()).isEqualTo(other.toByteArray());
    }

    @Test
    void whatDoesNotFitTheColumnsIsRefused() {
        assertThatThrownBy(() -> written(List.of(List.of("a", "one", "1")), 1000))
                .isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> written(List.of(List.of("a", "1")), 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 cells instead of 3");
    }
}

package io.github.splora.spark;

import io.github.splora.parquet.TableColumn;
import io.github.splora.report.CsvWriter;
import io.github.splora.report.RunReport.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/** The two tables that the job writes. */
final class Tables {

    /** The figures of an adapter, by the names that its line in a ledger has for them. */
    static final List<String> FIGURES = List.of(
            "modules",
            "scored",
            "pruned",
            "prunedFraction",
            "maxScore",
            "maxKeptScore",
            "prunedDeltaShare",
            "judgedShare",
            "againstAlignment",
            "meanCosine");

    private static final DataType STRINGS = DataTypes.createArrayType(DataTypes.StringType, false);
    private static final DataType STRING_MAP =
            DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false);

    private Tables() {}

    static List<@Nullable Double> figures(Summary summary) {
        return Arrays.asList(
                (double) summary.modules(),
                (double) summary.scored(),
                (double) summary.pruned(),
                summary.prunedFraction(),
                summary.maxScore(),
                summary.maxKeptScore(),
                summary.prunedDeltaShare(),
                summary.judgedShare(),
                summary.againstAlignment() == null
                        ? null
                        : Double.valueOf(summary.againstAlignment().doubleValue()),
                summary.meanCosine());
    }

    /** Returns the verdicts, one row per adapter. */
    static Dataset<Row> adapters(SparkSession session, JavaRDD<AdapterRow> rows) {
        List<StructField> fields = new ArrayList<>(List.of(
                field("adapter", DataTypes.StringType, false),
                field("verdict", DataTypes.StringType, false),
                field("reasons", STRINGS, false),
                field("warnings", STRINGS, false)));
        FIGURES.forEach(name -> fields.add(field(name, DataTypes.DoubleType, true)));
        fields.addAll(List.of(
                field("files", STRING_MAP, false),
                field("models", STRING_MAP, false),
                field("settings", DataTypes.StringType, false),
                field("version", DataTypes.StringType, false),
                field("created", DataTypes.StringType, false),
                field("key", DataTypes.StringType, false),
                field("entry", DataTypes.StringType, false)));
        return session.createDataFrame(rows.map(Tables::adapter), new StructType(fields.toArray(StructField[]::new)));
    }

    private static Row adapter(AdapterRow row) {
        List<@Nullable Object> cells = new ArrayList<>(List.of(
                row.adapter(),
                row.verdict(),
                row.reasons().toArray(),
                row.warnings().toArray()));
        for (int i = 0; i < FIGURES.size(); i++) {
            cells.add(row.figures() == null ? null : row.figures().get(i));
        }
        cells.addAll(List.of(
                scalaMap(row.files()),
                scalaMap(row.models()),
                row.settings(),
                row.version(),
                row.created(),
                row.key(),
                row.entry()));
        return RowFactory.create(cells.toArray());
    }

    private static Object scalaMap(Map<String, String> map) {
        return CollectionConverters.asScala(map);
    }

    /** Returns the modules, with the columns of {@code splora fleet --modules FILE.parquet}. */
    static Dataset<Row> modules(SparkSession session, JavaRDD<AdapterRow> rows) {
        StructField[] fields = CsvWriter.columnsOfSeveral().stream()
                .map(column -> field(column.name(), type(column), true))
                .toArray(StructField[]::new);
        return session.createDataFrame(rows.flatMap(Tables::modulesOf), new StructType(fields));
    }

    private static Iterator<Row> modulesOf(AdapterRow row) {
        List<TableColumn> columns = CsvWriter.columnsOfSeveral();
        return row.modules().stream()
                .map(cells -> {
                    @Nullable Object[] values = new @Nullable Object[cells.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = value(columns.get(i), cells.get(i));
                    }
                    return RowFactory.create(values);
                })
                .iterator();
    }

    private static @Nullable Object value(TableColumn column, String cell) {
        if (cell.isEmpty()) {
            return null;
        }
        return switch (column.kind()) {
            case TEXT -> cell;
            case INTEGER -> Long.valueOf(cell);
            case NUMBER -> Double.valueOf(cell);
        };
    }

    private static DataType type(TableColumn column) {
        return switch (column.kind()) {
            case TEXT -> DataTypes.StringType;
            case INTEGER -> DataTypes.LongType;
            case NUMBER -> DataTypes.DoubleType;
        };
    }

    private static StructField field(String name, DataType type, boolean isNullable) {
        return DataTypes.createStructField(name, type, isNullable);
    }
}

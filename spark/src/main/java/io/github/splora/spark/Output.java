package io.github.splora.spark;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.spark.hadoop.HadoopPaths;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Where the tables go: {@code modules} and {@code adapters} below a folder, each partitioned by date and base model. The verdicts are
 * written last; a partition without them is what a failed job left, and is replaced.
 *
 * @param folder location of both tables
 * @param date day of the run, {@code 2026-01-31}
 * @param baseModel name of the base model
 */
record Output(String folder, String date, String baseModel) {

    private static final String MODULES = "modules";
    private static final String ADAPTERS = "adapters";
    private static final String DATE = "date";
    private static final String BASE_MODEL = "base_model";

    /** About the number of rows that one file should hold. */
    private static final long ROWS_PER_FILE = 1_000_000;

    /** Returns the location of the table of verdicts. */
    String adapters() {
        return folder + "/" + ADAPTERS;
    }

    private Path partition(String table) {
        return new Path(new Path(folder, table), DATE + "=" + date + "/" + BASE_MODEL + "=" + baseModel);
    }

    /**
     * Makes room: removes what a failed job left.
     *
     * @param isReplacing whether to remove verdicts, too
     * @throws BadInputException if there are verdicts already
     */
    void prepare(boolean isReplacing) {
        Path verdicts = partition(ADAPTERS);
        FileSystem files = HadoopPaths.fileSystem(verdicts);
        try {
            if (files.exists(verdicts) && files.listStatus(verdicts).length > 0 && !isReplacing) {
                throw new BadInputException(List.of(new Problem(
                        "--output " + verdicts,
                        null,
                        null,
                        "holds the verdicts of another run; name another --output or --date, or replace them with"
                                + " --overwrite")));
            }
            files.delete(verdicts, true);
            files.delete(partition(MODULES), true);
        } catch (IOException e) {
            throw new BadInputException(
                    List.of(new Problem("--output " + folder, null, null, "cannot be used: " + e.getMessage())));
        }
    }

    void write(SparkSession session, JavaRDD<AdapterRow> rows, long adapters, long modules) {
        write(Tables.modules(session, rows), MODULES, modules, "adapter", "name");
        write(Tables.adapters(session, rows), ADAPTERS, adapters, "adapter");
    }

    private void write(Dataset<Row> table, String name, long rows, String order, String... orders) {
        int files = (int) Math.min(Integer.MAX_VALUE, 1 + rows / ROWS_PER_FILE);
        table.coalesce(files)
                .sortWithinPartitions(order, orders)
                .withColumn(DATE, functions.lit(date))
                .withColumn(BASE_MODEL, functions.lit(baseModel))
                .write()
                .mode(SaveMode.Append)
                .partitionBy(DATE, BASE_MODEL)
                .parquet(folder + "/" + name);
    }
}

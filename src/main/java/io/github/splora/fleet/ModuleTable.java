package io.github.splora.fleet;

import io.github.splora.error.BadInputException;
import io.github.splora.output.WholeFile;
import io.github.splora.parquet.TableColumn;
import io.github.splora.report.Csv;
import io.github.splora.report.CsvWriter;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * A file with a row for every module of every adapter, with the columns of {@code score --format csv}. Rows are appended to a CSV file.
 * A Parquet file cannot be appended to: it is written from the CSV file beside it when a run ends, and appears whole.
 */
public final class ModuleTable implements AutoCloseable {

    private static final String CSV = ".csv";
    private static final String PARQUET = ".parquet";

    private final Path file;
    private final FileChannel channel;

    private ModuleTable(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Whether a name says which kind of table it is. */
    public static boolean isNamed(Path file) {
        return hasSuffix(file, CSV) || hasSuffix(file, PARQUET);
    }

    private static boolean hasSuffix(Path file, String suffix) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(suffix);
    }

    /** Returns the CSV file that the rows of a table are appended to. */
    public static Path rows(Path file) {
        return hasSuffix(file, PARQUET) ? file.resolveSibling(file.getFileName() + CSV) : file;
    }

    /**
     * Opens a table and cuts off rows that are not in the ledger.
     *
     * @param length what the ledger says the length of its rows is; 0 for a new table
     * @param isResuming whether the table may exist already
     * @throws BadInputException if they are shorter, or if a file is there that is not to be continued
     */
    static ModuleTable open(Path file, long length, boolean isResuming) throws IOException {
        requireFree(rows(file), length, isResuming);
        FileChannel channel = FileChannel.open(rows(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.size() < length) {
                throw new BadInputException(
                        rows(file),
                        "--modules",
                        channel.size() + " bytes",
                        "is shorter than its ledger says (" + length
                                + " bytes): name the table that belongs to the ledger");
            }
            channel.truncate(length).position(length);
            return new ModuleTable(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireFree(Path rows, long length, boolean isResuming) throws IOException {
        if (!Files.exists(rows) || Files.size(rows) == 0) {
            return;
        }
        if (!isResuming) {
            throw new BadInputException(
                    rows, "--modules", null, "exists; give --resume to continue it, or name another file");
        }
        if (length == 0 && !isTable(rows)) {
            throw new BadInputException(rows, "--modules", null, "is not a table of modules; name another file");
        }
    }

    /** Whether a file begins with the header of a table, as far as it goes. */
    private static boolean isTable(Path rows) throws IOException {
        byte[] header = Csv.line(CsvWriter.columnsOfSeveral().stream().map(TableColumn::name))
                .getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(rows)) {
            byte[] start = in.readNBytes(header.length);
            // A system that crashed may leave zeros where rows were to be.
            return start[0] == 0 || Arrays.equals(start, Arrays.copyOf(header, start.length));
        }
    }

    /** Adds an adapter's modules, and returns the length of the rows then. */
    long add(RunReport report) throws IOException {
        ByteBuffer rows = ByteBuffer.wrap(
                new CsvWriter().write(report, channel.position() == 0).getBytes(StandardCharsets.UTF_8));
        while (rows.hasRemaining()) {
            channel.write(rows);
        }
        channel.force(false);
        return channel.position();
    }

    /** Writes the Parquet file, if that is wanted. */
    void finish(String version) throws IOException {
        if (hasSuffix(file, PARQUET)) {
            WholeFile.write(file, out -> ParquetTable.write(rows(file), out, version));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

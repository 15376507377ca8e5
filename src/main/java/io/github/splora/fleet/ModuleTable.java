package io.github.splora.fleet;

import io.github.splora.error.BadInputException;
import io.github.splora.report.CsvWriter;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A CSV file with a row for every module of every adapter, with the columns of {@code score --format csv}. */
final class ModuleTable implements AutoCloseable {

    private final FileChannel channel;

    private ModuleTable(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens a table and cuts off rows that are not in the ledger.
     *
     * @param length what the ledger says its length is; 0 for a new table
     * @throws BadInputException if it is shorter
     */
    static ModuleTable open(Path file, long length) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.size() < length) {
                throw new BadInputException(
                        file,
                        "--modules",
                        channel.size() + " bytes",
                        "is shorter than its ledger says (" + length
                                + " bytes): name the table that belongs to the ledger");
            }
            channel.truncate(length).position(length);
            return new ModuleTable(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Adds an adapter's modules, and returns the length of the file then. */
    long add(RunReport report) throws IOException {
        ByteBuffer rows = ByteBuffer.wrap(
                new CsvWriter().write(report, channel.position() == 0).getBytes(StandardCharsets.UTF_8));
        while (rows.hasRemaining()) {
            channel.write(rows);
        }
        channel.force(false);
        return channel.position();
    }

    long length() throws IOException {
        return channel.position();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package io.github.splora.fleet;

import io.github.splora.error.BadInputException;
import io.github.splora.report.Csv;
import io.github.splora.report.ModuleRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A CSV file with a row for every module of every adapter. */
final class ModuleTable implements AutoCloseable {

    private static final String HEADER =
            Csv.row("adapter", "module", "type", "rank", "score", "distance", "cosine", "deltaNorm", "unscored") + "\n";

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
        if (channel.size() < length) {
            long size = channel.size();
            channel.close();
            throw new BadInputException(
                    file,
                    "size",
                    size + " bytes",
                    "is shorter than the ledger says (" + length + " bytes): it belongs to another ledger; name the right one,"
                            + " or start anew without --resume");
        }
        channel.truncate(length).position(length);
        ModuleTable table = new ModuleTable(channel);
        if (length == 0) {
            table.write(HEADER);
        }
        return table;
    }

    /** Adds an adapter's modules, and returns the length of the file then. */
    long add(String adapter, List<ModuleRow> rows) throws IOException {
        StringBuilder text = new StringBuilder();
        for (ModuleRow row : rows) {
            text.append(Csv.row(
                            adapter,
                            row.name(),
                            row.type(),
                            row.rank(),
                            row.score(),
                            row.distance(),
                            row.cosine(),
                            row.deltaNorm(),
                            row.unscored()))
                    .append('\n');
        }
        write(text.toString());
        channel.force(false);
        return channel.position();
    }

    private void write(String text) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package io.github.splora.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file of verdicts, one JSON object per line, and a table of modules beside it. An adapter's line is written after its rows, and
 * states how long the table is then: whatever is cut off or left over when a run is killed disappears at the next one.
 */
public final class Ledger implements AutoCloseable {

    private static final String BEGINNING = "{\"schemaVersion\":" + LedgerEntry.SCHEMA_VERSION + ",\"adapter\":";

    /** A byte beyond the end of every file: Windows lets nobody read what is locked, and a ledger is read while it is written. */
    private static final long LOCKED = 1L << 62;

    private final Path file;
    private final FileChannel lines;
    private final @Nullable ModuleTable table;
    private final Map<String, Latest> latest = new HashMap<>();
    /** Kept by a run without a table, so that the next run with it does not cut it off. */
    private long tableBytes;

    /** What the latest line on an adapter says. */
    private record Latest(String key, String verdict) {}

    private Ledger(Path file, FileChannel lines, @Nullable ModuleTable table) {
        this.file = file;
        this.lines = lines;
        this.table = table;
    }

    /**
     * Opens a ledger for new lines, which are added at its end.
     *
     * @param table the table of modules, CSV or Parquet by the end of its name; empty if none is wanted
     * @param isResuming whether it may hold lines already
     * @throws BadInputException if it or the table holds lines and {@code isResuming} is false, if it is not a ledger, or if the table
     *     does not belong to it
     * @throws IOException if it cannot be written
     */
    public static Ledger open(Path file, Optional<Path> table, boolean isResuming) throws IOException {
        if (!isResuming && Files.exists(file) && Files.size(file) > 0) {
            throw new BadInputException(
                    file, "--ledger", null, "exists; give --resume to continue it, or name another file");
        }
        FileChannel lines = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lines.tryLock(LOCKED, 1, false) == null) {
                throw new BadInputException(file, "--ledger", null, "is being written by another run");
            }
            Scan scan = new Scan(file);
            scan.run(entry -> {});
            if (scan.end == 0) {
                requireBeginning(file);
            }
            lines.truncate(scan.end).position(scan.end);
            Ledger ledger = new Ledger(
                    file, lines, table.isEmpty() ? null : ModuleTable.open(table.get(), scan.tableBytes, isResuming));
            ledger.latest.putAll(scan.latest);
            ledger.tableBytes = scan.tableBytes;
            return ledger;
        } catch (IOException | RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    /** @throws BadInputException if a file without a complete line is not the beginning of one, so that it must not be cut off */
    private static void requireBeginning(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(BEGINNING.length()), StandardCharsets.ISO_8859_1);
            // A system that crashed may leave zeros where a line was to be.
            if (!BEGINNING.startsWith(start) && start.charAt(0) != 0) {
                throw new BadInputException(file, "--ledger", null, "is not a ledger; name another file");
            }
        }
    }

    /**
     * Reads the verdicts of a ledger, the latest one on each adapter last.
     *
     * @throws BadInputException if it is not a ledger
     */
    public static void read(Path file, Consumer<ObjectNode> reader) {
        try {
            new Scan(file).run(reader);
        } catch (NoSuchFileException e) {
            throw new BadInputException(file, null, null, "no such file", e);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the verdict in the latest line on an adapter, if that line has this key. A line that was followed by another one on the same
     * adapter does not count: readers of the ledger go by the latest.
     */
    public Optional<String> find(String adapter, String key) {
        return Optional.ofNullable(latest.get(adapter))
                .filter(line -> line.key().equals(key))
                .map(Latest::verdict);
    }

    /**
     * Adds an adapter: its rows, then its line. Both are on disk when this returns.
     *
     * @param report its modules; null if it could not be judged
     * @throws IOException if one of the files cannot be written
     */
    public void add(LedgerEntry entry, @Nullable RunReport report) throws IOException {
        if (table != null && report != null) {
            tableBytes = table.add(report);
        }
        byte[] line = (StrictJson.writeLine(entry.withTableBytes(tableBytes)) + "\n").getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
            lines.write(buffer);
        }
        lines.force(false);
        latest.put(entry.adapter(), new Latest(entry.key(), entry.verdict()));
    }

    /**
     * Ends a run: completes a table that cannot be appended to. A run that does not get here is completed by the next one.
     *
     * @param version of splora
     * @throws IOException if the table cannot be written
     */
    public void finish(String version) throws IOException {
        if (table != null) {
            table.finish(version);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
        if (table != null) {
            table.close();
        }
    }

    /** Reads all complete lines. */
    private static final class Scan {

        private final Path file;
        private final Map<String, Latest> latest = new HashMap<>();
        private long end;
        private long tableBytes;
        private int number;

        Scan(Path file) {
            this.file = file;
        }

        void run(Consumer<ObjectNode> reader) throws IOException {
            long complete = lengthOfCompleteLines(file);
            try (InputStream in = Files.newInputStream(file);
                    BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
                long read = 0;
                while (read < complete) {
                    String line = text.readLine();
                    if (line == null) {
                        break;
                    }
                    // One character per byte so far, so that damaged text cannot shift the count.
                    read += line.length() + 1;
                    accept(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), reader);
                }
            }
            end = complete;
        }

        private void accept(String line, Consumer<ObjectNode> reader) {
            number++;
            ObjectNode entry = StrictJson.parsedObject(line)
                    .filter(object -> object.path("schemaVersion").asInt() == LedgerEntry.SCHEMA_VERSION
                            && object.path("key").isTextual()
                            && object.path("adapter").isTextual()
                            && object.path("verdict").isTextual()
                            && object.path("tableBytes").canConvertToLong())
                    .orElseThrow(() -> new BadInputException(
                            file,
                            "line " + number,
                            null,
                            "is not a line of a ledger of this version of splora; name another file"));
            latest.put(
                    entry.path("adapter").textValue(),
                    new Latest(
                            entry.path("key").textValue(), entry.path("verdict").textValue()));
            tableBytes = entry.path("tableBytes").longValue();
            reader.accept(entry);
        }

        private static long lengthOfCompleteLines(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file)) {
                ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
                long end = channel.size();
                while (end > 0) {
                    int length = (int) Math.min(buffer.capacity(), end);
                    buffer.clear().limit(length);
                    channel.read(buffer, end - length);
                    for (int i = length - 1; i >= 0; i--) {
                        if (buffer.get(i) == '\n') {
                            return end - length + i + 1;
                        }
                    }
                    end -= length;
                }
                return 0;
            }
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}

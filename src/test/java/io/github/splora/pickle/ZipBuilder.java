package io.github.splora.pickle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes an archive as torch.save does, with zip64 fields where needed, and lets tests corrupt it. */
final class ZipBuilder {

    private static final long LIMIT = 0xffffffffL;

    /** Adds an entry of {@code size} bytes, which is sparse except for its last bytes. */
    private record Entry(byte[] tail, long size) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Returns an archive with a pickle of one tensor [2, 3] and its storage. */
    static ZipBuilder oneTensor() {
        return new ZipBuilder().pickle(PickleProgram.oneTensor("a")).entry("m/data/0", new byte[24]);
    }

    ZipBuilder pickle(PickleProgram program) {
        return entry("m/data.pkl", program.bytes());
    }

    ZipBuilder entry(String name, byte[] content) {
        return sparse(name, content, content.length);
    }

    ZipBuilder sparse(String name, byte[] tail, long size) {
        entries.put(name, new Entry(tail, size));
        return this;
    }

    Path writeTo(Path file) {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Map<String, Long> headers = new LinkedHashMap<>();
            for (Map.Entry<String, Entry> named : entries.entrySet()) {
                headers.put(named.getKey(), out.position());
                writeLocal(out, named.getKey(), named.getValue());
            }
            long directory = out.position();
            for (Map.Entry<String, Entry> named : entries.entrySet()) {
                writeCentral(out, named.getKey(), named.getValue(), headers.get(named.getKey()));
            }
            writeEnd(out, directory, out.position() - directory);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeLocal(FileChannel out, String name, Entry entry) throws IOException {
        ByteBuffer header = buffer();
        header.putInt(0x04034b50)
                .putShort((short) 45)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(crc(entry))
                .putInt(field(entry.size()))
                .putInt(field(entry.size()))
                .putShort((short) name.length())
                .putShort((short) (entry.size() > LIMIT ? 20 : 0));
        header.put(name.getBytes(StandardCharsets.US_ASCII));
        if (entry.size() > LIMIT) {
            header.putShort((short) 1)
                    .putShort((short) 16)
                    .putLong(entry.size())
                    .putLong(entry.size());
        }
        out.write(header.flip());
        out.position(out.position() + entry.size() - entry.tail().length);
        out.write(ByteBuffer.wrap(entry.tail()));
    }

    private static void writeCentral(FileChannel out, String name, Entry entry, long position) throws IOException {
        ByteBuffer extra = buffer();
        if (entry.size() > LIMIT) {
            extra.putLong(entry.size()).putLong(entry.size());
        }
        if (position > LIMIT) {
            extra.putLong(position);
        }
        extra.flip();
        ByteBuffer header = buffer();
        header.putInt(0x02014b50)
                .putShort((short) 45)
                .putShort((short) 45)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(crc(entry))
                .putInt(field(entry.size()))
                .putInt(field(entry.size()))
                .putShort((short) name.length())
                .putShort((short) (extra.limit() == 0 ? 0 : extra.limit() + 4))
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(0)
                .putInt(field(position));
        header.put(name.getBytes(StandardCharsets.US_ASCII));
        if (extra.hasRemaining()) {
            header.putShort((short) 1).putShort((short) extra.limit()).put(extra);
        }
        out.write(header.flip());
    }

    private void writeEnd(FileChannel out, long directory, long length) throws IOException {
        ByteBuffer end = buffer();
        if (directory > LIMIT) {
            long position = out.position();
            end.putInt(0x06064b50)
                    .putLong(44)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putInt(0)
                    .putInt(0)
                    .putLong(entries.size())
                    .putLong(entries.size())
                    .putLong(length)
                    .putLong(directory);
            end.putInt(0x07064b50).putInt(0).putLong(position).putInt(1);
        }
        end.putInt(0x06054b50)
                .putInt(0)
                .putShort((short) entries.size())
                .putShort((short) entries.size())
                .putInt((int) length)
                .putInt(field(directory))
                .putShort((short) 0);
        out.write(end.flip());
    }

    private static int field(long number) {
        return number > LIMIT ? -1 : (int) number;
    }

    private static int crc(Entry entry) {
        CRC32 crc = new CRC32();
        crc.update(entry.tail());
        return entry.size() == entry.tail().length ? (int) crc.getValue() : 0;
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    }
}

package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file open for reading by position. Safe for use by several threads.
 *
 * <p>The file must not change while it is open. Every read checks its size and reports a change as
 * {@link BadInputException}; a file rewritten in place at the same size goes unnoticed here. Replacing a file by renaming
 * another one onto it does not affect readers.
 */
public final class DataFile implements AutoCloseable {

    /** Bytes read at a time into an array: the JDK allocates, and keeps, native memory of the size of such a read. */
    static final int CHUNK_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private DataFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens a file.
     *
     * @param kind the expected format, for messages: {@code safetensors}
     * @throws BadInputException if the path does not exist, is not a file, or cannot be read
     */
    public static DataFile open(Path path, String kind) {
        if (!Files.isRegularFile(path)) {
            throw new BadInputException(path, null, null, whatItIs(path, kind));
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new DataFile(path, channel, channel.size());
        } catch (AccessDeniedException e) {
            throw new BadInputException(path, null, null, "cannot be opened: permission denied", e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw unreadable(path, e);
        }
    }

    public Path path() {
        return path;
    }

    /** Size in bytes when the file was opened. */
    public long size() {
        return size;
    }

    /** The open channel, for parsers of headers. */
    public FileChannel channel() {
        return channel;
    }

    /**
     * Reads a part of the file into a new buffer.
     *
     * @return little-endian, from position 0 to {@code length}
     * @throws IndexOutOfBoundsException if the part is not within the file
     * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
     */
    public ByteBuffer read(long position, int length) {
        Objects.checkFromIndexSize(position, length, size);
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(position, bytes);
        return bytes.flip();
    }

    /**
     * Fills a buffer from its position to its limit.
     *
     * @throws IndexOutOfBoundsException if that reaches beyond the file
     * @throws BadInputException as {@link #read(long, int)}
     */
    public void read(long position, ByteBuffer into) {
        Objects.checkFromIndexSize(position, into.remaining(), size);
        int end = into.limit();
        long next = position;
        try {
            while (into.position() < end) {
                checkUnchanged();
                into.limit(into.isDirect() ? end : (int) Math.min(end, (long) into.position() + CHUNK_BYTES));
                next += Math.max(channel.read(into, next), 0);
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        } finally {
            into.limit(end);
        }
    }

    /** Writes a part of the file to {@code out}, a chunk at a time. */
    public void copy(long position, long length, WritableByteChannel out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, length));
        long end = position + length;
        while (position < end) {
            checkUnchanged();
            chunk.clear().limit((int) Math.min(chunk.capacity(), end - position));
            position += Math.max(channel.read(chunk, position), 0);
            chunk.flip();
            while (chunk.hasRemaining()) {
                out.write(chunk);
            }
        }
    }

    /** The exception for a file that exists but cannot be read. */
    public static BadInputException unreadable(Path path, IOException e) {
        return new BadInputException(path, null, null, "cannot be read: " + e, e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkUnchanged() throws IOException {
        long now = channel.size();
        if (now != size) {
            throw new BadInputException(
                    path,
                    "file size",
                    now + " bytes",
                    "changed while it was read: it was " + size + " bytes when the file was opened");
        }
    }

    private static String whatItIs(Path path, String kind) {
        if (Files.isDirectory(path)) {
            return "is a folder, not a " + kind + " file";
        }
        if (Files.isSymbolicLink(path) && Files.notExists(path)) {
            return "is a symbolic link to a file that does not exist";
        }
        return Files.notExists(path) ? "does not exist" : "is not a regular file, or its folder may not be searched";
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The caller already throws the reason why the file could not be opened.
        }
    }
}

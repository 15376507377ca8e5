package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * The bytes of a file that is open for reading, by position. Safe for use by several threads.
 *
 * <p>The file must not change while it is open. A changed size is noticed whenever bytes are asked for and reported as
 * {@link BadInputException}; if the file shrinks after that, reading a mapped buffer ends in an {@link InternalError}
 * of the JVM, and a file rewritten in place shows through. Files that are replaced by renaming are not affected.
 */
public final class DataFile implements AutoCloseable {

    /** Bytes copied at a time. */
    private static final int CHUNK = 1 << 20;

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
     * @param kind what it is expected to be, for messages: {@code safetensors}
     * @throws BadInputException if it is missing, not a file, or may not be read
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

    /** In bytes, as it was when the file was opened. */
    public long size() {
        return size;
    }

    /** For a parser that reads the file's own description of itself. */
    public FileChannel channel() {
        return channel;
    }

    /**
     * A mapped part of the file.
     *
     * @return read-only, little-endian; regions may start unaligned and may be empty
     * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
     */
    public ByteBuffer map(long position, int length) {
        try {
            checkUnchanged();
            return channel.map(MapMode.READ_ONLY, position, length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * A copy of a small part of the file.
     *
     * @return little-endian, from position 0 to {@code length}
     * @throws IndexOutOfBoundsException if it is not within the file
     * @throws BadInputException as {@link #map}
     */
    public ByteBuffer read(long position, int length) {
        Objects.checkFromIndexSize(position, length, size);
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(position, bytes);
        return bytes.flip();
    }

    /**
     * Fills a buffer up to its limit.
     *
     * @throws BadInputException as {@link #map}
     */
    public void read(long position, ByteBuffer into) {
        try {
            long next = position;
            while (into.hasRemaining()) {
                checkUnchanged();
                next += Math.max(channel.read(into, next), 0);
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Writes a part of the file to {@code out}, a chunk at a time. */
    public void copy(long position, long length, WritableByteChannel out) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length));
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

    /** What to report of a file that cannot be read although it is there. */
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

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The reason why the file could not be opened is on its way already.
        }
    }
}

package io.github.splora.spark.hadoop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.util.functional.FutureIO;
import org.jspecify.annotations.Nullable;

/** A file open for reading by position: exactly what is asked for if it is to be kept, else in pages. */
final class HadoopChannel extends FileChannel {

    /** After a shorter read, the connection is given back: many adapters are open at a time. */
    private static final int LONG_BYTES = 1 << 20;

    private final HadoopPath path;
    private final String location;
    private final FileStatus status;
    private final @Nullable ReadScope scope;
    private final @Nullable KeptRanges kept;
    private final Pages pages;
    private @Nullable FSDataInputStream stream;
    private long dataBegin = Long.MAX_VALUE;
    private long position;

    HadoopChannel(HadoopPath path, FileStatus status, @Nullable ReadScope scope) {
        this.path = path;
        this.location = path.toString();
        this.status = status;
        this.scope = scope;
        this.kept = scope != null && scope.keeps(location) ? new KeptRanges(this::fetch) : null;
        this.pages = new Pages(this::fetch, status.getLen());
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return status.getLen();
    }

    @Override
    public synchronized int read(ByteBuffer into, long from) throws IOException {
        requireOpen();
        int length = (int) Math.min(into.remaining(), status.getLen() - from);
        if (length <= 0) {
            return into.hasRemaining() ? -1 : 0;
        }
        byte[] bytes = new byte[length];
        if (kept != null) {
            kept.read(from, bytes);
        } else {
            pages.read(from, bytes);
        }
        into.put(bytes);
        if (from == 0 && length >= Long.BYTES && location.endsWith(".safetensors")) {
            dataBegin = Long.BYTES
                    + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        }
        return length;
    }

    private void fetch(long from, byte[] into, int offset, int length) throws IOException {
        FSDataInputStream in = stream();
        in.readFully(from, into, offset, length);
        if (length < LONG_BYTES) {
            in.unbuffer();
        }
        if (scope != null) {
            scope.count(location, from < Math.min(dataBegin, Long.BYTES) || from + length <= dataBegin, length);
        }
    }

    private FSDataInputStream stream() throws IOException {
        FSDataInputStream open = stream;
        if (open == null) {
            open = FutureIO.awaitFuture(path.system()
                    .files()
                    .openFile(path.toHadoop())
                    .withFileStatus(status)
                    .opt(OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY, "random")
                    .build());
            stream = open;
        }
        return open;
    }

    private void requireOpen() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        int count = read(into, position);
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public synchronized long read(ByteBuffer[] into, int offset, int length) throws IOException {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            int count = read(into[i]);
            if (count < 0) {
                return total == 0 ? -1 : total;
            }
            total += count;
        }
        return total;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(count, LONG_BYTES));
        if (read(chunk, from) <= 0) {
            return 0;
        }
        return target.write(chunk.flip());
    }

    @Override
    protected synchronized void implCloseChannel() throws IOException {
        pages.clear();
        if (kept != null) {
            kept.clear();
        }
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    @Override
    public void force(boolean metaData) {}

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer from, long at) {
        throw new NonWritableChannelException();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long at, long count) {
        throw new NonWritableChannelException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}

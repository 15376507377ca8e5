package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A stream over part of a file that tracks its position. Read errors throw {@link BadInputException}. */
final class PickleStream extends InputStream {

    private static final int CHUNK = 1 << 16;

    private final DataFile data;
    private final long end;
    private long nextChunk;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    PickleStream(DataFile data, Extent extent) {
        this.data = data;
        this.nextChunk = extent.begin();
        this.end = extent.end();
    }

    /** Returns the offset of the next byte from the start of the file. */
    long position() {
        return nextChunk - chunk.remaining();
    }

    long remaining() {
        return end - position();
    }

    @Override
    public int read() {
        return fill() ? chunk.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, chunk.remaining());
        chunk.get(target, offset, count);
        return count;
    }

    private boolean fill() {
        if (!chunk.hasRemaining() && nextChunk < end) {
            int length = (int) Math.min(CHUNK, end - nextChunk);
            chunk = data.read(nextChunk, length);
            nextChunk += length;
        }
        return chunk.hasRemaining();
    }
}

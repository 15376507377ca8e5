package io.github.splora.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads exactly the bytes of the JSON header. Neither moves the channel's position nor closes the channel. */
final class HeaderInputStream extends InputStream {

    private final FileChannel channel;
    private final long end;
    private long position;

    HeaderInputStream(FileChannel channel, long begin, long end) {
        this.channel = channel;
        this.position = begin;
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int wanted = (int) Math.min(length, end - position);
        if (wanted == 0) {
            return -1;
        }
        int count = channel.read(ByteBuffer.wrap(target, offset, wanted), position);
        position += Math.max(count, 0);
        return count;
    }
}

package io.github.splora.tensor.djl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Buffers that rows are read into and widened in. They grow to the size of the largest block requested. */
final class RowMemory {

    private ByteBuffer stored = empty();
    private ByteBuffer wide = empty();
    private short[] halves = {};
    private int[] bits = {};

    /** Returns a buffer for bytes as stored in a file: aligned, little-endian, valid until the next call. */
    ByteBuffer stored(int bytes) {
        stored = atLeast(stored, bytes);
        return stored.clear().limit(bytes);
    }

    /** Returns a buffer for the widened numbers: aligned, little-endian, valid until the next call. */
    ByteBuffer wide(int bytes) {
        wide = atLeast(wide, bytes);
        return wide.clear().limit(bytes);
    }

    /** Widens {@code count} stored bfloat16s, each of which is the upper half of a float32. */
    ByteBuffer widened(int count) {
        if (bits.length < count) {
            halves = new short[count];
            bits = new int[count];
        }
        stored.asShortBuffer().get(halves, 0, count);
        for (int i = 0; i < count; i++) {
            bits[i] = halves[i] << Short.SIZE;
        }
        ByteBuffer floats = wide(count * Float.BYTES);
        floats.asIntBuffer().put(bits, 0, count);
        return floats;
    }

    private static ByteBuffer atLeast(ByteBuffer buffer, int bytes) {
        return buffer.capacity() >= bytes
                ? buffer
                : ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer empty() {
        return ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);
    }
}

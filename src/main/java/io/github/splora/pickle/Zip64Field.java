package io.github.splora.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The values of a zip header that do not fit its 32-bit fields. The extra data holds only those that are needed, in the
 * order size, compressed size, offset.
 */
final class Zip64Field {

    /** The content of a 32-bit field whose value is stored in the extra data. */
    private static final int ELSEWHERE = -1;

    private static final int ID = 1;

    private final ByteBuffer numbers;

    private Zip64Field(ByteBuffer numbers) {
        this.numbers = numbers;
    }

    /**
     * Returns the zip64 field of the extra data that starts at {@code begin} in {@code bytes}; an empty one if there is
     * none.
     */
    static Zip64Field in(ByteBuffer bytes, int begin, int length) {
        ByteBuffer extra = bytes.slice(begin, length).order(ByteOrder.LITTLE_ENDIAN);
        while (extra.remaining() >= 4) {
            int id = extra.getShort();
            int size = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
            if (id == ID) {
                return new Zip64Field(extra.slice(extra.position(), size).order(ByteOrder.LITTLE_ENDIAN));
            }
            extra.position(extra.position() + size);
        }
        return new Zip64Field(ByteBuffer.allocate(0));
    }

    /** Returns the value of {@code field} or, if it says so, the next value stored here; -1 if that is missing. */
    long orIn(int field) {
        if (field != ELSEWHERE) {
            return Integer.toUnsignedLong(field);
        }
        return numbers.remaining() >= Long.BYTES ? numbers.getLong() : -1;
    }
}

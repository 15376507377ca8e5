package io.github.splora.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The numbers of a zip header that do not fit its fields of 32 bits. They stand in its extra data, one after the other
 * in the order of size, packed size and position, only those that are needed.
 */
final class Zip64Field {

    /** What stands in a field of 32 bits whose number is here. */
    private static final int ELSEWHERE = -1;

    private static final int ID = 1;

    private final ByteBuffer numbers;

    private Zip64Field(ByteBuffer numbers) {
        this.numbers = numbers;
    }

    /** That of the extra data in {@code bytes} from {@code begin} on; an empty one where there is none. */
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

    /** The number that {@code field} holds or, where it says so, the next one here; -1 where there is none. */
    long orIn(int field) {
        if (field != ELSEWHERE) {
            return Integer.toUnsignedLong(field);
        }
        return numbers.remaining() >= Long.BYTES ? numbers.getLong() : -1;
    }
}

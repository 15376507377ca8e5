package io.github.splora.pickle;

import io.github.splora.storage.DType;
import net.razorvine.pickle.PickleException;

/**
 * The array of elements that one or more tensors view, as described by a pickle's persistent id.
 *
 * @param key its name in the file
 * @param dtype the type of the elements
 * @param elements number of elements
 */
record Storage(String key, DType dtype, long elements) {

    /**
     * @param id {@code ("storage", storage type, key, device, elements)}; old files have a sixth part, a view, which
     *     has been None in everything PyTorch has written since 2017
     * @throws PickleException if the id is anything else
     */
    static Storage of(Object id) {
        if (id instanceof Object[] parts
                && (parts.length == 5 || (parts.length == 6 && parts[5] == null))
                && "storage".equals(parts[0])
                && parts[1] instanceof DType dtype
                && parts[2] instanceof String key) {
            return new Storage(key, dtype, count(parts[4]));
        }
        throw new PickleException("a persistent id does not describe a storage");
    }

    /** Returns the length in bytes; throws {@link ArithmeticException} if it does not fit into a long. */
    long byteLength() {
        return Math.multiplyExact(elements, (long) bytesEach());
    }

    int bytesEach() {
        return dtype.bits() / Byte.SIZE;
    }

    /** Converts a size, stride or offset from the unpickler. */
    static long count(Object value) {
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
            return ((Number) value).longValue();
        }
        throw new PickleException("a size, stride or offset is not a whole number from 0 to 2^63 - 1");
    }
}

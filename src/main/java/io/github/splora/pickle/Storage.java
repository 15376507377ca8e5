package io.github.splora.pickle;

import io.github.splora.storage.DType;
import net.razorvine.pickle.PickleException;

/**
 * The run of numbers that one or more tensors lie in, as a pickle's persistent id describes it.
 *
 * @param key names it in the file
 * @param dtype what an element is
 * @param elements their number
 */
record Storage(String key, DType dtype, long elements) {

    /**
     * @param id {@code ("storage", storage type, key, device, elements)}; old files have a view as the sixth part, None
     *     in all that PyTorch has written since 2017
     * @throws PickleException if it is anything else
     */
    static Storage of(Object id) {
        if (id instanceof Object[] parts
                && (parts.length == 5 || parts.length == 6 && parts[5] == null)
                && "storage".equals(parts[0])
                && parts[1] instanceof DType dtype
                && parts[2] instanceof String key) {
            return new Storage(key, dtype, count(parts[4]));
        }
        throw new PickleException("a persistent id is not that of a storage");
    }

    /** In bytes; throws {@link ArithmeticException} where a long cannot hold it. */
    long byteLength() {
        return Math.multiplyExact(elements, (long) bytesEach());
    }

    int bytesEach() {
        return dtype.bits() / Byte.SIZE;
    }

    /** A number of something, as the unpickler gives it. */
    static long count(Object value) {
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
            return ((Number) value).longValue();
        }
        throw new PickleException("a size, stride or offset is not a whole number from 0 to 2^63 - 1");
    }
}

package io.github.splora.pickle;

import io.github.splora.storage.TensorInfo;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * A dict in a pickle. Keys must be plain values, because hashing nested ones could take arbitrarily long. Duplicate
 * keys are rejected, because readers differ in how they interpret them.
 */
final class PickledDict {

    private final Map<Object, Object> entries = new LinkedHashMap<>();

    void put(@Nullable Object key, @Nullable Object value) {
        boolean plain = key == null
                || key instanceof String
                || key instanceof Boolean
                || key instanceof Integer
                || key instanceof Long
                || key instanceof Double
                || key instanceof BigInteger;
        if (!plain) {
            throw new PickleException("a dict key is neither a string nor a number");
        }
        if (entries.containsKey(key)) {
            throw new PickleException("a dict has the key '" + TensorInfo.shortened(String.valueOf(key)) + "' twice");
        }
        entries.put(key, value);
    }

    @Nullable
    Object get(String key) {
        return entries.get(key);
    }

    Map<Object, Object> entries() {
        return entries;
    }
}

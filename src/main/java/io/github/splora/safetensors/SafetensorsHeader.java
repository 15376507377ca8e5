package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file says about itself.
 *
 * @param tensors by name, in the order of their bytes in the file; empty tensors at the same offset keep the order of
 *     the JSON; unmodifiable
 * @param metadata the strings of {@code __metadata__} in the order of the JSON, empty where the file has none;
 *     unmodifiable
 * @param dataOffset where the data starts, in bytes from the start of the file: data_offsets count from here. Not
 *     necessarily a multiple of 8.
 */
public record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataOffset) {

    public SafetensorsHeader {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Bytes of data that the tensors take together, which is all the data the file has. */
    public long dataLength() {
        long length = 0;
        for (TensorInfo tensor : tensors.values()) {
            length = Math.max(length, tensor.end());
        }
        return length;
    }
}

package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The header of a safetensors file.
 *
 * @param tensors by name, in file order; empty tensors at the same offset keep their JSON order; unmodifiable
 * @param metadata the strings of {@code __metadata__} in JSON order; empty if the file has none; unmodifiable
 * @param dataOffset where the data starts, in bytes from the start of the file; data_offsets are relative to it. Not
 *     necessarily a multiple of 8.
 */
public record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataOffset) {

    public SafetensorsHeader {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Returns the total number of bytes of all tensors, which is all the data in the file. */
    public long dataLength() {
        long length = 0;
        for (TensorInfo tensor : tensors.values()) {
            length = Math.max(length, tensor.end());
        }
        return length;
    }
}

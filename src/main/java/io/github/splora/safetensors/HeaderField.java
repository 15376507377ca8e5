package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;

/** Names the parts of a header in messages. */
final class HeaderField {

    static final String HEADER = "header";
    static final String HEADER_LENGTH = "header length";
    static final String METADATA = "__metadata__";

    private HeaderField() {}

    static String tensor(String name) {
        return TensorInfo.label(name);
    }

    static String tensor(String name, String key) {
        return tensor(name) + " " + key;
    }

    static String metadata(String key) {
        return METADATA + " '" + shortened(key) + "'";
    }

    static String shortened(String text) {
        return TensorInfo.shortened(text);
    }
}

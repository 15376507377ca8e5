package io.github.splora.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Encodes everything in a file that precedes the data. */
final class HeaderWriter {

    /** Alignment of the data's start in bytes, which keeps every dtype aligned in a mapped file. */
    private static final int ALIGNMENT = 8;

    /** Lower-case hexadecimal digits for escapes, as in the reference writer. */
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

    private HeaderWriter() {}

    /** Returns the length and the JSON, padded with spaces; the same input always produces the same bytes. */
    static ByteBuffer bytes(List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
        byte[] json = json(tensors, metadata).getBytes(StandardCharsets.UTF_8);
        int padding = Math.floorMod(-json.length, ALIGNMENT);
        ByteBuffer header = ByteBuffer.allocate(HeaderParser.LENGTH_BYTES + json.length + padding)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length + padding)
                .put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static String json(List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
        // Write characters, not bytes: Jackson's byte generator escapes everything beyond U+FFFF.
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            metadata(json, metadata);
            for (TensorInfo tensor : tensors) {
                tensor(json, tensor);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void metadata(JsonGenerator json, Map<String, String> metadata) throws IOException {
        Map<String, String> sorted = new TreeMap<>(UnicodeText.BY_CODE_POINT);
        sorted.putAll(metadata);
        json.writeObjectFieldStart(HeaderField.METADATA);
        for (Map.Entry<String, String> entry : sorted.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void tensor(JsonGenerator json, TensorInfo tensor) throws IOException {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().name());
        integers(json, "shape", tensor.shape());
        integers(json, "data_offsets", List.of(tensor.begin(), tensor.end()));
        json.writeEndObject();
    }

    private static void integers(JsonGenerator json, String key, List<Long> integers) throws IOException {
        json.writeArrayFieldStart(key);
        for (long integer : integers) {
            json.writeNumber(integer);
        }
        json.writeEndArray();
    }
}

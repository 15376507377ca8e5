package io.github.splora.safetensors;

import com.fasterxml.jackson.core.JsonToken;
import io.github.splora.error.Plural;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One tensor's object in a header's JSON. Keys that the format does not define are skipped. */
final class TensorEntry {

    private final JsonCursor cursor;
    private final String name;
    private @Nullable DType dtype;
    private @Nullable List<Long> shape;
    private @Nullable List<Long> offsets;

    private TensorEntry(JsonCursor cursor, String name) {
        this.cursor = cursor;
        this.name = name;
    }

    /** Reads the value that follows the tensor's name, and checks that its fields are consistent. */
    static TensorInfo read(JsonCursor cursor, String name) throws IOException {
        TensorEntry entry = new TensorEntry(cursor, name);
        entry.read();
        return entry.checked();
    }

    private void read() throws IOException {
        if (cursor.next() != JsonToken.START_OBJECT) {
            throw cursor.fault(HeaderField.tensor(name), "must be a JSON object with dtype, shape and data_offsets");
        }
        Set<String> keys = new HashSet<>();
        while (cursor.next() != JsonToken.END_OBJECT) {
            String key = cursor.text(HeaderField.tensor(name));
            if (!keys.add(key)) {
                throw cursor.duplicate(field(HeaderField.shortened(key)));
            }
            cursor.next();
            value(key);
        }
    }

    private void value(String key) throws IOException {
        switch (key) {
            case "dtype" -> dtype = dtype();
            case "shape" -> shape = integers(field("shape"));
            case "data_offsets" -> offsets = integers(field("data_offsets"));
            default -> cursor.skip(field(HeaderField.shortened(key)));
        }
    }

    private DType dtype() throws IOException {
        if (cursor.current() != JsonToken.VALUE_STRING) {
            throw cursor.fault(field("dtype"), "must be a string");
        }
        String text = cursor.text(field("dtype"));
        return DType.named(text)
                .orElseThrow(() -> cursor.fault(
                        field("dtype"),
                        HeaderField.shortened(text),
                        "is not a dtype of the safetensors format, such as F32 or BF16"));
    }

    private List<Long> integers(String field) throws IOException {
        if (cursor.current() != JsonToken.START_ARRAY) {
            throw cursor.fault(field, "must be an array of integers");
        }
        List<Long> integers = new ArrayList<>();
        while (cursor.next() != JsonToken.END_ARRAY) {
            integers.add(cursor.integer(field));
        }
        return List.copyOf(integers);
    }

    private TensorInfo checked() {
        DType dtype = require("dtype", this.dtype);
        List<Long> shape = require("shape", this.shape);
        List<Long> offsets = require("data_offsets", this.offsets);
        if (offsets.size() != 2) {
            throw cursor.fault(field("data_offsets"), text(offsets), "must be two integers, begin and end");
        }
        TensorInfo tensor = new TensorInfo(name, dtype, shape, offsets.get(0), offsets.get(1));
        if (tensor.end() < tensor.begin()) {
            throw cursor.fault(field("data_offsets"), text(offsets), "ends before it begins");
        }
        checkSize(tensor);
        return tensor;
    }

    private <T> T require(String key, @Nullable T value) {
        if (value == null) {
            throw cursor.fault(field(key), null, "is missing");
        }
        return value;
    }

    private void checkSize(TensorInfo tensor) {
        long bits = bits(tensor);
        if (bits % Byte.SIZE != 0) {
            throw cursor.fault(
                    field("shape"),
                    text(tensor.shape()),
                    "takes " + bits + " bits as " + tensor.dtype() + ", which is not a whole number of bytes");
        }
        long bytes = bits / Byte.SIZE;
        if (bytes != tensor.byteLength()) {
            throw cursor.fault(
                    field("data_offsets"),
                    text(List.of(tensor.begin(), tensor.end())),
                    "spans " + Plural.of(tensor.byteLength(), "byte") + ", but shape " + text(tensor.shape()) + " of "
                            + tensor.dtype() + " takes " + bytes);
        }
    }

    private long bits(TensorInfo tensor) {
        try {
            return TensorSize.bits(tensor.dtype(), tensor.shape());
        } catch (ArithmeticException e) {
            throw cursor.fault(
                    field("shape"),
                    text(tensor.shape()),
                    "multiplies to more " + tensor.dtype() + " elements than any file can hold");
        }
    }

    private String field(String key) {
        return HeaderField.tensor(name, key);
    }

    private static String text(List<Long> integers) {
        return HeaderField.shortened(integers.toString());
    }
}

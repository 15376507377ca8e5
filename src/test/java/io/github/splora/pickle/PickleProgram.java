package io.github.splora.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a pickle instruction by instruction, so that tests can create pickles that no pickler would write. */
final class PickleProgram {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Starts as torch.save does. */
    static PickleProgram protocol2() {
        return new PickleProgram().code(0x80, 2);
    }

    /** Writes one F32 tensor of shape [2, 3], in storage '0' with 6 elements, under the given name. */
    static PickleProgram oneTensor(String name) {
        return protocol2()
                .code('}')
                .text(name)
                .tensor("FloatStorage", "0", 6, 0, "2 3", "3 1")
                .code('s', '.');
    }

    /** Writes instructions and their arguments, one byte each. */
    PickleProgram code(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    PickleProgram ascii(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    PickleProgram append(PickleProgram other) {
        bytes.writeBytes(other.bytes());
        return this;
    }

    PickleProgram int32(int value) {
        bytes.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    PickleProgram int64(long value) {
        bytes.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    PickleProgram text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        code('X').int32(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** Writes an eight-byte integer. */
    PickleProgram number(long value) {
        return code(0x8a, 8).int64(value);
    }

    PickleProgram global(String module, String name) {
        return ascii("c" + module + "\n" + name + "\n");
    }

    /** Writes a tuple of the space-separated numbers in {@code values}. */
    PickleProgram numbers(String values) {
        code('(');
        for (String value : values.isEmpty() ? new String[0] : values.split(" ")) {
            number(Long.parseLong(value));
        }
        return code('t');
    }

    PickleProgram storage(String type, String key, long elements) {
        return code('(')
                .text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .number(elements)
                .code('t', 'Q');
    }

    PickleProgram tensor(String type, String key, long elements, long offset, String shape, String stride) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .code('(')
                .storage(type, key, elements)
                .number(offset)
                .numbers(shape)
                .numbers(stride)
                .code(0x89, '}', 't', 'R');
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}

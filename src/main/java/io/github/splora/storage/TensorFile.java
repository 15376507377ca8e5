package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * An open file of tensors in any format: names, dtypes and shapes are known, bytes are read on demand. Safe for use by several
 * threads.
 */
public interface TensorFile extends AutoCloseable {

    Path path();

    /** The file's tensors by name; unmodifiable. */
    Map<String, TensorInfo> tensors();

    /** The file's string metadata; empty for formats without any; unmodifiable. */
    Map<String, String> metadata();

    /**
     * Reads bytes of a tensor into a buffer.
     *
     * @param offset in bytes from the tensor's start
     * @param into is filled from its position to its limit
     * @throws IndexOutOfBoundsException if these bytes are not within the tensor
     * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
     */
    void read(TensorInfo tensor, long offset, ByteBuffer into);

    /**
     * Reads bytes of a tensor into a new buffer.
     *
     * @param offset in bytes from the tensor's start
     * @param length in bytes
     * @return little-endian, from position 0 to {@code length}
     * @throws IndexOutOfBoundsException if these bytes are not within the tensor
     * @throws BadInputException as {@link #read(TensorInfo, long, ByteBuffer)}
     */
    default ByteBuffer read(TensorInfo tensor, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, tensor.byteLength());
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(tensor, offset, bytes);
        return bytes.flip();
    }

    /** Writes all bytes of a tensor to {@code out}, a chunk at a time. */
    void copy(TensorInfo tensor, WritableByteChannel out) throws IOException;

    @Override
    void close();

    /**
     * The tensor of that name.
     *
     * @throws BadInputException if the file has no such tensor
     */
    default TensorInfo tensor(String name) {
        TensorInfo tensor = tensors().get(name);
        if (tensor == null) {
            throw new BadInputException(path(), TensorInfo.label(name), null, "is not in the file");
        }
        return tensor;
    }
}

package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * An open file of tensors, whatever its format: what they are is known, their bytes are read on demand. Safe for use by
 * several threads.
 */
public interface TensorFile extends AutoCloseable {

    Path path();

    /** What the file holds, by name; unmodifiable. */
    Map<String, TensorInfo> tensors();

    /** Strings that the file carries besides; empty where its format has none; unmodifiable. */
    Map<String, String> metadata();

    /**
     * Some bytes of a tensor of this file.
     *
     * @param offset in bytes from the tensor's first
     * @param length in bytes
     * @return read-only, little-endian, from position 0 to {@code length}; it stays valid after {@link #close()}, and its
     *     address need not be aligned to the dtype
     * @throws IndexOutOfBoundsException if the slice is not within the tensor
     * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
     */
    ByteBuffer map(TensorInfo tensor, long offset, int length);

    /**
     * All bytes of a tensor of this file.
     *
     * @return as {@link #map(TensorInfo, long, int)}
     * @throws IllegalArgumentException if it takes more than {@link Integer#MAX_VALUE} bytes: map slices of it instead
     * @throws BadInputException as {@link #map(TensorInfo, long, int)}
     */
    default ByteBuffer map(TensorInfo tensor) {
        if (tensor.byteLength() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    TensorInfo.label(tensor.name()) + " takes " + tensor.byteLength() + " bytes: map slices of it");
        }
        return map(tensor, 0, (int) tensor.byteLength());
    }

    /**
     * Copies bytes of a tensor of this file.
     *
     * @param offset in bytes from the tensor's first
     * @param into is filled up to its limit
     * @throws IndexOutOfBoundsException if they are not within the tensor
     * @throws BadInputException if the file's size has changed since it was opened, or it can no longer be read
     */
    void read(TensorInfo tensor, long offset, ByteBuffer into);

    /** Writes all bytes of a tensor of this file to {@code out}, a chunk at a time. */
    void copy(TensorInfo tensor, WritableByteChannel out) throws IOException;

    /** Closes the file; buffers that were mapped stay valid. */
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

package io.github.splora.storage;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor to write to a file; its bytes are produced when they are written. */
public interface TensorSource {

    /** Name of the tensor in the new file. */
    String name();

    DType dtype();

    /** The dimensions, none negative, outermost first; empty for a scalar. */
    List<Long> shape();

    /**
     * Writes the elements, little-endian, the last dimension varying fastest: exactly as many bytes as dtype and shape
     * require. Every write to {@code out} consumes the whole buffer.
     */
    void writeTo(WritableByteChannel out) throws IOException;

    /** Copies a tensor of another file bit for bit, a chunk at a time; {@code file} must stay open until it is written. */
    static TensorSource copyOf(TensorFile file, TensorInfo tensor) {
        return new TensorCopy(file, tensor, tensor.name());
    }

    /** Copies a tensor under another name. */
    static TensorSource copyOf(TensorFile file, TensorInfo tensor, String name) {
        return new TensorCopy(file, tensor, name);
    }
}

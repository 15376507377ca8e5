package io.github.splora.storage;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor to be written, whose bytes are asked for only when their turn comes. */
public interface TensorSource {

    /** The name it gets in the file. */
    String name();

    DType dtype();

    /** The dimensions, none negative, outermost first; empty for a scalar. */
    List<Long> shape();

    /**
     * Writes the elements, little-endian, the last dimension varying fastest: exactly as many bytes as dtype and shape
     * call for. Every write to {@code out} takes all bytes of the buffer it is given.
     */
    void writeTo(WritableByteChannel out) throws IOException;

    /** A tensor of another file, bit for bit, read a chunk at a time; {@code file} must stay open until it is written. */
    static TensorSource copyOf(TensorFile file, TensorInfo tensor) {
        return new TensorCopy(file, tensor, tensor.name());
    }

    /** The same, under another name. */
    static TensorSource copyOf(TensorFile file, TensorInfo tensor, String name) {
        return new TensorCopy(file, tensor, name);
    }
}

package io.github.splora.storage;

import java.util.List;

/**
 * A tensor's entry in a header. Entries read from a file are consistent: the shape takes exactly the bytes between the two
 * offsets.
 *
 * @param name unique in its file
 * @param dtype type of the elements
 * @param shape the dimensions, none negative, outermost first; empty for a scalar; unmodifiable
 * @param begin first byte of the tensor, counted from the start of the file's data (the header's data_offsets[0]);
 *     or from the start of the file for other formats
 * @param end the byte after its last one, counted the same way (data_offsets[1])
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {

    /** Longest part of a name that messages quote, so that the rest of the message is not cut off. */
    private static final int LONGEST_NAME = 200;

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Size in bytes in the file. */
    public long byteLength() {
        return end - begin;
    }

    /** Number of elements: the product of the dimensions, 1 for a scalar. */
    public long elementCount() {
        return TensorSize.elements(shape);
    }

    /** Number of dimensions, 0 for a scalar. */
    public int rank() {
        return shape.size();
    }

    /** Returns how messages refer to a tensor. */
    public static String label(String name) {
        return "tensor '" + shortened(name) + "'";
    }

    /** Returns a name from a file, shortened for messages. */
    public static String shortened(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "…";
    }
}

package io.github.splora.storage;

import java.util.List;

/**
 * One tensor as the header describes it. Those of a {@link SafetensorsHeader} that was read from a file are consistent:
 * the shape takes exactly the bytes between the two offsets.
 *
 * @param name unique in its file
 * @param dtype what an element is
 * @param shape the dimensions, none negative, outermost first; empty for a scalar; unmodifiable
 * @param begin first byte of the tensor, counted from the start of the file's data (the header's data_offsets[0]);
 *     from the start of the file where its format has no such part
 * @param end the byte after its last one, counted alike (data_offsets[1])
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {

    /** Longest part of a name that is quoted, so that what follows it in a message survives shortening. */
    private static final int LONGEST_NAME = 200;

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Bytes the tensor takes in the file. */
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

    /** How messages name a tensor. */
    public static String label(String name) {
        return "tensor '" + shortened(name) + "'";
    }

    /** A name from a file, no longer than a message can bear. */
    public static String shortened(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "…";
    }
}

package io.github.splora.tensor.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredMatrix.Stretch;
import io.github.splora.tensor.BlockRows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads rows of one stored matrix into arrays. */
final class RowReader {

    private final List<StretchReader> readers = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();

    /** @param memory buffers for the exclusive use of this reader */
    RowReader(StoredMatrix matrix, RowMemory memory) {
        long end = 0;
        for (Stretch stretch : matrix.stretches()) {
            readers.add(new StretchReader(stretch, matrix.columns(), memory));
            end += stretch.rows();
            ends.add(end);
        }
    }

    /**
     * Reads a block of rows {@code [count, columns]}, as FLOAT64 for F64 and FLOAT32 otherwise. The numbers are exact,
     * except that scaled numbers are rounded once. The array shares this reader's memory and is valid until the next
     * call.
     *
     * @param rows rows within one stretch
     * @throws BadInputException if the file was truncated meanwhile
     */
    NDArray read(BlockRows rows, NDManager scope) {
        int index = stretchAt(rows.first());
        return readers.get(index).read(rows.first() - startOf(index), rows.count(), scope);
    }

    /**
     * Copies a block of rows as stored, except that 8-bit floats are multiplied by their scales and copied as F32.
     *
     * @param rows rows within one stretch
     * @param into little-endian buffer with room for {@link #stagedRowBytes} bytes per row
     * @throws BadInputException if the file was truncated meanwhile
     */
    void stage(BlockRows rows, ByteBuffer into) {
        int index = stretchAt(rows.first());
        readers.get(index).stage(rows.first() - startOf(index), rows.count(), into);
    }

    /** Returns the type that {@link #stage} copies these rows as: F64, F32, F16 or BF16. */
    DType stagedType(BlockRows rows) {
        return readers.get(stretchAt(rows.first())).stagedType();
    }

    /** Returns the maximum number of bytes that {@link #stage} writes per row of the matrix. */
    static long stagedRowBytes(StoredMatrix matrix) {
        int bits = matrix.stretches().stream()
                .mapToInt(stretch -> stretch.tensor().dtype().bits())
                .map(each -> each == Byte.SIZE ? Float.SIZE : each)
                .max()
                .orElseThrow();
        return matrix.columns() * bits / Byte.SIZE;
    }

    private int stretchAt(long row) {
        int index = 0;
        while (ends.get(index) <= row) {
            index++;
        }
        return index;
    }

    private long startOf(int index) {
        return index == 0 ? 0 : ends.get(index - 1);
    }
}

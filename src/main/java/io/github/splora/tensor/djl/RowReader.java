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

/** Turns rows of one stored matrix into arrays. */
final class RowReader {

    private final List<StretchReader> readers = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();

    /** @param memory that nobody else uses meanwhile */
    RowReader(StoredMatrix matrix, RowMemory memory) {
        long end = 0;
        for (Stretch stretch : matrix.stretches()) {
            readers.add(new StretchReader(stretch, matrix.columns(), memory));
            end += stretch.rows();
            ends.add(end);
        }
    }

    /**
     * A block of rows {@code [count, columns]}, FLOAT64 for F64 and FLOAT32 otherwise, both exact but for scaled numbers,
     * which are rounded once. The array shares this reader's memory: it is gone with the next call.
     *
     * @param rows within one stretch
     * @throws BadInputException if the file was cut short meanwhile
     */
    NDArray read(BlockRows rows, NDManager scope) {
        int index = stretchAt(rows.first());
        return readers.get(index).read(rows.first() - startOf(index), rows.count(), scope);
    }

    /**
     * Copies the bytes of a block of rows, as they are stored, but 8-bit floats as F32, times their scales.
     *
     * @param rows within one stretch
     * @param into little-endian, with room for {@link #stagedRowBytes} a row
     * @throws BadInputException if the file was cut short meanwhile
     */
    void stage(BlockRows rows, ByteBuffer into) {
        int index = stretchAt(rows.first());
        readers.get(index).stage(rows.first() - startOf(index), rows.count(), into);
    }

    /** What {@link #stage} copies: F64, F32, F16 or BF16. */
    DType stagedType(BlockRows rows) {
        return readers.get(stretchAt(rows.first())).stagedType();
    }

    /** The most bytes that {@link #stage} takes for a row of the matrix. */
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

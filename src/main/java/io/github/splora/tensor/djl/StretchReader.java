package io.github.splora.tensor.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix.Stretch;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import io.github.splora.tensor.ScaleTable;
import java.nio.ByteBuffer;

/**
 * Reads rows of one stretch into arrays. Only this class knows how the engine accesses memory that it did not allocate.
 *
 * <p>The engine does not support bfloat16 safely, so that type is widened here, exactly.
 */
final class StretchReader {

    private final StoredTensor tensor;
    private final long firstRow;
    private final long columns;
    private final long rowBytes;
    private final ScaleTable scales;
    private final RowMemory memory;

    /**
     * @param stretch rows of type F16, BF16, F32, F64 or an 8-bit float
     * @param columns elements per row
     */
    StretchReader(Stretch stretch, long columns, RowMemory memory) {
        this.tensor = stretch.tensor();
        this.firstRow = stretch.firstRow();
        this.columns = columns;
        this.rowBytes = columns * tensor.dtype().bits() / Byte.SIZE;
        this.scales = new ScaleTable(stretch.scales());
        this.memory = memory;
    }

    /** Reads rows {@code [first, first + count)} of the stretch, like {@link RowReader#read}. */
    NDArray read(long first, int count, NDManager scope) {
        ByteBuffer stored = stored(first, count);
        int elements = Math.toIntExact(count * columns);
        Shape shape = new Shape(count, columns);
        return switch (tensor.dtype()) {
            case F64 -> scope.create(stored, shape, DataType.FLOAT64);
            case F32 -> scope.create(stored, shape, DataType.FLOAT32);
            case F16 -> scope.create(stored, shape, DataType.FLOAT16).toType(DataType.FLOAT32, false);
            case BF16 -> scope.create(memory.widened(elements), shape, DataType.FLOAT32);
            case F8_E4M3, F8_E5M2 -> scope.create(scaled(stored, firstRow + first, elements), shape, DataType.FLOAT32);
            default -> throw new IllegalArgumentException(tensor.name() + " is " + tensor.dtype());
        };
    }

    /** Copies rows {@code [first, first + count)} of the stretch, like {@link RowReader#stage}. */
    void stage(long first, int count, ByteBuffer into) {
        if (isScaled()) {
            into.put(scaled(stored(first, count), firstRow + first, Math.toIntExact(count * columns)));
        } else {
            tensor.read((firstRow + first) * rowBytes, into.limit(Math.toIntExact(count * rowBytes)));
        }
    }

    DType stagedType() {
        return isScaled() ? DType.F32 : tensor.dtype();
    }

    private boolean isScaled() {
        return tensor.dtype().bits() == Byte.SIZE;
    }

    private ByteBuffer stored(long first, int count) {
        ByteBuffer bytes = memory.stored(Math.toIntExact(count * rowBytes));
        tensor.read((firstRow + first) * rowBytes, bytes);
        return bytes.flip();
    }

    /** Multiplies 8-bit floats by their scales. */
    private ByteBuffer scaled(ByteBuffer stored, long row, int elements) {
        ByteBuffer wide = memory.wide(elements * Float.BYTES);
        for (int i = 0; i < elements; i++) {
            float value = Values.ofEightBits(tensor.dtype(), stored.get(i));
            wide.putFloat((float) (value * scales.at(row + i / columns, i % columns)));
        }
        return wide.flip();
    }
}

package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A view of one tensor of a file, a stack of matrices {@code [E, rows, columns]}, as {@code [E, columns, rows]}. Reading a part
 * of a matrix transposes all of it; the last one is kept while there is memory.
 */
public final class TransposedFile implements TensorFile {

    private static final int TILE = 32;

    private record Matrix(long index, byte[] bytes) {}

    private final StoredTensor original;
    private final TensorInfo info;
    private final int rows;
    private final int columns;
    private final int width;
    private SoftReference<@Nullable Matrix> last = new SoftReference<>(null);

    private TransposedFile(StoredTensor original) {
        List<Long> shape = original.shape();
        this.original = original;
        this.info = new TensorInfo(
                original.name(),
                original.dtype(),
                List.of(shape.get(0), shape.get(2), shape.get(1)),
                0,
                original.byteLength());
        this.rows = Math.toIntExact(shape.get(1));
        this.columns = Math.toIntExact(shape.get(2));
        this.width = original.dtype().bits() / Byte.SIZE;
    }

    /**
     * Returns the view of a stack.
     *
     * @param stack three dimensions, at least one element of at least a byte each
     * @throws BadInputException if one of its matrices is too large to be transposed in memory
     */
    public static StoredTensor of(StoredTensor stack) {
        List<Long> shape = stack.shape();
        if (shape.size() != 3 || stack.dtype().bits() < Byte.SIZE) {
            throw new IllegalArgumentException(stack.name() + " " + stack.dtype() + " " + shape);
        }
        if (stack.byteLength() / Math.max(1, shape.get(0)) > Integer.MAX_VALUE - Long.BYTES) {
            throw new BadInputException(
                    stack.file().path(),
                    TensorInfo.label(stack.name()) + " shape",
                    shape,
                    "its matrices are too large to be transposed, and the other checkpoint stores them transposed; convert"
                            + " one of the checkpoints");
        }
        TransposedFile view = new TransposedFile(stack);
        return new StoredTensor(view, view.info);
    }

    @Override
    public Path path() {
        return original.file().path();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Map.of(info.name(), info);
    }

    @Override
    public Map<String, String> metadata() {
        return original.file().metadata();
    }

    @Override
    public void read(TensorInfo tensor, long offset, ByteBuffer into) {
        Objects.checkFromIndexSize(offset, into.remaining(), info.byteLength());
        long size = (long) rows * columns * width;
        for (long at = offset; into.hasRemaining(); ) {
            int start = (int) (at % size);
            int count = (int) Math.min(into.remaining(), size - start);
            into.put(matrix(at / size), start, count);
            at += count;
        }
    }

    @Override
    public void copy(TensorInfo tensor, WritableByteChannel out) throws IOException {
        long size = (long) rows * columns * width;
        for (long index = 0; index * size < info.byteLength(); index++) {
            ByteBuffer bytes = ByteBuffer.wrap(matrix(index));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    /** Closes nothing: the file belongs to whoever opened it. */
    @Override
    public void close() {}

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TransposedFile view && original.equals(view.original);
    }

    @Override
    public int hashCode() {
        return original.hashCode();
    }

    private synchronized byte[] matrix(long index) {
        Matrix kept = last.get();
        if (kept == null || kept.index != index) {
            kept = new Matrix(index, transposed(index));
            last = new SoftReference<>(kept);
        }
        return kept.bytes;
    }

    private byte[] transposed(long index) {
        int size = rows * columns * width;
        byte[] from = original.read(index * size, size).array();
        byte[] to = new byte[size];
        for (int row = 0; row < rows; row += TILE) {
            for (int column = 0; column < columns; column += TILE) {
                transposeTile(from, to, row, column);
            }
        }
        return to;
    }

    private void transposeTile(byte[] from, byte[] to, int firstRow, int firstColumn) {
        int lastRow = Math.min(rows, firstRow + TILE);
        int lastColumn = Math.min(columns, firstColumn + TILE);
        for (int row = firstRow; row < lastRow; row++) {
            for (int column = firstColumn; column < lastColumn; column++) {
                System.arraycopy(from, (row * columns + column) * width, to, (column * rows + row) * width, width);
            }
        }
    }
}

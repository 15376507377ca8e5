package io.github.splora.tensor.loops;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredMatrix.Stretch;
import io.github.splora.storage.Values;
import io.github.splora.tensor.BlockRows;
import io.github.splora.tensor.ScaleTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;

/**
 * A block of rows of one stored matrix in memory. Elements come out as float64, or as float32 in two arrays, those at even and
 * those at odd indices, because 16-bit floats are unpacked in pairs.
 */
final class StoredBlock {

    private final TileLoops loops;
    private final FloatBits floats = new FloatBits();
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    /** The memory as 32-bit integers, starting at its first byte and at its third. */
    private IntBuffer ints;

    private IntBuffer intsBehindOne;
    private DoubleBuffer doubles;
    private DType type;
    private long columns;
    private ScaleTable scales;
    /** First row of the stretch within its tensor. */
    private long firstRow;
    /** The piece taken last. */
    private int[] pairs = {};

    private boolean hasHalfBeyondNumbers;
    private byte[] bytes = {};
    private int firstDouble;
    private float[] evens = {};
    private float[] odds = {};
    private float[] minusEven = {};
    private float[] minusOdd = {};
    private long row;
    private long firstColumn;

    @SuppressWarnings("NullAway.Init") // read() sets the rest before anything is taken
    StoredBlock(TileLoops loops) {
        this.loops = loops;
    }

    /**
     * Reads rows, replacing the previous ones.
     *
     * @param rows within one stretch
     * @throws BadInputException if the file changed or cannot be read
     */
    void read(StoredMatrix matrix, BlockRows rows) {
        Stretch from = matrix.slice(rows.first(), rows.count()).stretches().get(0);
        if (scales == null || !from.scales().equals(scales.scales())) {
            scales = new ScaleTable(from.scales());
        }
        type = from.tensor().dtype();
        columns = matrix.columns();
        firstRow = from.firstRow();
        long rowBytes = columns * type.bits() / Byte.SIZE;
        int length = Math.toIntExact(rowBytes * rows.count());
        if (memory.capacity() < length) {
            memory = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
            ints = memory.asIntBuffer();
            doubles = memory.asDoubleBuffer();
            intsBehindOne = memory.slice(Math.min(Short.BYTES, length), Math.max(0, length - Short.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer();
        }
        from.tensor().read(firstRow * rowBytes, memory.clear().limit(length));
    }

    /** Selects a piece of a row of the block for the calls that follow. */
    void take(int rowOfBlock, long column, int count) {
        row = firstRow + rowOfBlock;
        firstColumn = column;
        if (bytes.length < count) {
            bytes = new byte[count];
            pairs = new int[count + TileLoops.COLUMN_STEP];
            minusEven = new float[(count + 1) / 2];
            minusOdd = new float[(count + 1) / 2];
        }
        long first = rowOfBlock * columns + column;
        switch (type.bits()) {
            case Byte.SIZE -> memory.get((int) first, bytes, 0, count);
            case Float.SIZE -> ints.get((int) first, pairs, 0, count);
            case Double.SIZE -> firstDouble = (int) first;
            default -> takePairs(first, count);
        }
    }

    /** @param first index of its first element in the block */
    private void takePairs(long first, int count) {
        IntBuffer view = first % 2 == 0 ? ints : intsBehindOne;
        view.get((int) (first / 2), pairs, 0, count / 2);
        if (count % 2 == 1) {
            pairs[count / 2] = memory.getShort((int) (first + count - 1) * Short.BYTES) & 0xFFFF;
        }
        hasHalfBeyondNumbers = type == DType.F16 && Loops.hasHalfBeyondNumbers(pairs, (count + 1) / 2);
    }

    /**
     * Converts elements of the piece.
     *
     * @param first an even index in the piece
     * @param even receives the {@code (count + 1) / 2} elements at even indices from there on
     * @param odd receives those at odd indices, followed by a zero if the count is odd
     */
    private void widen(int first, int count, float[] even, float[] odd) {
        int n = (count + 1) / 2;
        switch (type) {
            case BF16 -> floats.widenBfloats(pairs, first / 2, n, even, odd);
            case F16 -> widenHalves(first / 2, n, even, odd);
            case F32 -> {
                for (int i = 0; i < n; i++) {
                    even[i] = Float.intBitsToFloat(pairs[first + 2 * i]);
                    odd[i] = 2 * i + 1 < count ? Float.intBitsToFloat(pairs[first + 2 * i + 1]) : 0;
                }
            }
            case F8_E4M3, F8_E5M2 -> {
                for (int i = 0; i < n; i++) {
                    even[i] = scaled(first + 2 * i);
                    odd[i] = 2 * i + 1 < count ? scaled(first + 2 * i + 1) : 0;
                }
            }
            default -> throw new IllegalArgumentException(type + " is not a dtype of weights");
        }
    }

    /** Converts the first {@code count} elements of the piece to float64, into {@code to[at]} and what follows. */
    void widen(int count, double[] to, int at) {
        if (type == DType.F64) {
            doubles.get(firstDouble, to, at, count);
            return;
        }
        int n = (count + 1) / 2;
        if (evens.length < n) {
            evens = new float[n];
            odds = new float[n];
        }
        widen(0, count, evens, odds);
        for (int i = 0; i < count / 2; i++) {
            to[at + 2 * i] = evens[i];
            to[at + 2 * i + 1] = odds[i];
        }
        if (count % 2 == 1) {
            to[at + count - 1] = evens[n - 1];
        }
    }

    private void widenHalves(int firstPair, int n, float[] even, float[] odd) {
        if (hasHalfBeyondNumbers) {
            for (int i = 0; i < n; i++) {
                even[i] = Values.ofHalf((short) pairs[firstPair + i]);
                odd[i] = Values.ofHalf((short) (pairs[firstPair + i] >>> Short.SIZE));
            }
            return;
        }
        floats.widenHalves(pairs, firstPair, n, even, odd);
    }

    /**
     * As {@link #widen}, minus the elements of another block's piece at the same indices, subtracted in float32; up to
     * {@link TileLoops#COLUMN_STEP} - 1 elements after these may change.
     */
    void subtract(StoredBlock minus, int first, int count, float[] even, float[] odd) {
        int n = (count + 1) / 2;
        if (type == minus.type
                && !hasHalfBeyondNumbers
                && !minus.hasHalfBeyondNumbers
                && loops.subtract(type, pairs, minus.pairs, first / 2, n, even, odd)) {
            return;
        }
        widen(first, count, even, odd);
        minus.widen(first, count, minusEven, minusOdd);
        Loops.subtract(even, minusEven, n);
        Loops.subtract(odd, minusOdd, n);
    }

    private float scaled(int i) {
        return (float) (Values.ofEightBits(type, bytes[i]) * scales.at(row, firstColumn + i));
    }
}

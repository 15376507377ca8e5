package io.github.splora.alignment;

import io.github.splora.linalg.LongRows;
import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * V in memory, for a spectrum that a sketch cannot capture: the shorter ones of its rows and columns, n vectors of m numbers, cut
 * into pieces that fit a core's cache. Read some hundred vectors per walk, so that no walk needs much memory besides.
 */
final class WholeDelta {

    /** Vectors read per walk, a multiple of {@link #ROWS}. */
    private static final int PER_WALK = 512;

    /** Vectors and numbers of a piece. */
    private static final int ROWS = 64;

    private static final int COLUMNS = 1024;

    /** Copies of {@link #PER_WALK} vectors during a walk: the request twice, and the sums twice. */
    private static final int COPIES = 4;
    /** Matrices {@code [n, n]} besides V: the Gram matrix, and what decomposing it takes. */
    private static final int DECOMPOSED = 5;

    private final boolean isOfRows;
    private final int count;
    private final int length;
    /** For each {@link #ROWS} vectors, their pieces. */
    private final List<List<Matrix>> pieces = new ArrayList<>();

    private int asked;
    private @Nullable Slot<Matrix> slot;

    WholeDelta(int out, int in) {
        this.isOfRows = out <= in;
        this.count = Math.min(out, in);
        this.length = Math.max(out, in);
    }

    /** Returns an upper estimate of the memory that reading and decomposing V takes, in bytes. */
    static long bytes(long out, long in) {
        long n = Math.min(out, in);
        return Double.BYTES * (out * in + DECOMPOSED * n * n + COPIES * (out + in) * Math.min(n, PER_WALK));
    }

    /** Whether the vectors are V's rows; otherwise they are its columns. */
    boolean isOfRows() {
        return isOfRows;
    }

    /** Requests the next vectors; returns false once all have been read. */
    boolean ask(Pass pass) {
        if (slot != null) {
            keep(slot.get());
            slot = null;
            Garbage.collect((long) length * Math.min(count, PER_WALK));
        }
        int wanted = Math.min(PER_WALK, count - asked);
        if (wanted == 0) {
            return false;
        }
        Matrix units = Matrix.unitColumns(count, asked, wanted);
        slot = isOfRows
                ? pass.transposeTimes(Operand.ALIGNMENT_DELTA, units)
                : pass.times(Operand.ALIGNMENT_DELTA, units);
        asked += wanted;
        return true;
    }

    private void keep(Matrix columns) {
        for (int first = 0; first < columns.columns(); first += ROWS) {
            List<Matrix> ofRows = new ArrayList<>();
            for (int at = 0; at < length; at += COLUMNS) {
                ofRows.add(columns.transposedBlock(
                        at, Math.min(COLUMNS, length - at), first, Math.min(ROWS, columns.columns() - first)));
            }
            pieces.add(ofRows);
        }
    }

    /** Returns the inner products of all vectors, {@code [n, n]}. */
    Matrix gram() {
        Matrix result = Matrix.zeros(count, count);
        for (int i = 0; i < pieces.size(); i++) {
            for (int j = 0; j <= i; j++) {
                for (int piece = 0; piece < pieces.get(i).size(); piece++) {
                    Matrix block = LongRows.inner(
                            pieces.get(i).get(piece), pieces.get(j).get(piece));
                    result.addBlock(block, i * ROWS, j * ROWS);
                }
            }
        }
        result.copyLowerToUpper();
        return result;
    }

    /**
     * Returns combinations of the vectors, {@code [m, k]}.
     *
     * @param coefficients {@code [n, k]}
     */
    Matrix images(Matrix coefficients) {
        Matrix result = Matrix.zeros(length, coefficients.columns());
        for (int piece = 0; piece * COLUMNS < length; piece++) {
            Matrix sums = Matrix.zeros(
                    coefficients.columns(), pieces.get(0).get(piece).columns());
            for (int i = 0; i < pieces.size(); i++) {
                Matrix rows = pieces.get(i).get(piece);
                LongRows.addCombinations(coefficients.rows(i * ROWS, rows.rows()), rows, sums);
            }
            result.addBlock(sums.transpose(), piece * COLUMNS, 0);
        }
        return result;
    }
}

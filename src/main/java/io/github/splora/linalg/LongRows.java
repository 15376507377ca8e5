package io.github.splora.linalg;

import java.util.function.Supplier;

/**
 * Products of short, wide matrices: the transposes of tall-skinny ones, and many times as fast, since processors vectorize loops
 * along the rows. Results do not depend on the number of threads.
 */
public final class LongRows {

    /**
     * Rows from this length on use vectors if the processor has them: with fewer numbers, a run ends before the vectors are
     * compiled. Only the length decides, so that equal inputs give equal bits.
     */
    private static final int LEAST_FOR_VECTORS = 1024;

    private static final RowLoops PLAIN = new PlainRowLoops();

    private LongRows() {}

    /** Loads the vectors when they are first needed. */
    private static final class Wide {

        private static final RowLoops LOOPS = Vectors.find(RowLoops.class, "io.github.splora.linalg.VectorRowLoops")
                .map(Supplier::get)
                .orElse(PLAIN);
    }

    /**
     * Returns {@code left · rightᵀ : [k, r]}.
     *
     * @param left {@code [k, n]}
     * @param right {@code [r, n]}
     */
    public static Matrix inner(Matrix left, Matrix right) {
        requireSameLength(left, right);
        Matrix result = Matrix.zeros(left.rows(), right.rows());
        if (left.rows() > 0 && right.rows() > 0) {
            loops(left.columns()).inner(left, right, result);
        }
        return result;
    }

    /**
     * Adds {@code coefficientsᵀ · rows} to a matrix in place.
     *
     * @param coefficients {@code [k, r]}
     * @param rows {@code [k, n]}
     * @param to {@code [r, n]}
     */
    public static void addCombinations(Matrix coefficients, Matrix rows, Matrix to) {
        requireSameLength(rows, to);
        if (coefficients.rows() != rows.rows() || coefficients.columns() != to.rows()) {
            throw new IllegalArgumentException("coefficients [" + coefficients.rows() + ", " + coefficients.columns()
                    + "] for " + rows.rows() + " rows and " + to.rows() + " sums");
        }
        if (rows.rows() > 0 && to.rows() > 0) {
            loops(to.columns()).addCombinations(coefficients, rows, to);
        }
    }

    private static RowLoops loops(int length) {
        return length < LEAST_FOR_VECTORS ? PLAIN : Wide.LOOPS;
    }

    private static void requireSameLength(Matrix left, Matrix right) {
        if (left.columns() != right.columns()) {
            throw new IllegalArgumentException("rows of " + left.columns() + " and " + right.columns() + " numbers");
        }
    }
}

package io.github.splora.linalg;

import java.util.Arrays;

/**
 * Products of short, wide matrices: the transposes of tall-skinny ones, and three times as fast, since Java's compiler vectorizes
 * loops along the rows. Sums are taken in the same order on every machine.
 */
public final class LongRows {

    /** Partial sums of an inner product. */
    private static final int LANES = 256;
    /** Columns processed at a time, so that they stay in a core's cache. */
    private static final int STRETCH = 512;

    private LongRows() {}

    /**
     * Returns {@code left · rightᵀ : [k, r]}.
     *
     * @param left {@code [k, n]}
     * @param right {@code [r, n]}
     */
    public static Matrix inner(Matrix left, Matrix right) {
        requireSameLength(left, right);
        Matrix result = Matrix.zeros(left.rows(), right.rows());
        double[] sums = new double[LANES];
        int n = left.columns();
        for (int i = 0; i < left.rows(); i++) {
            for (int j = 0; j < right.rows(); j++) {
                result.values()[i * right.rows() + j] = inner(left.values(), i * n, right.values(), j * n, n, sums);
            }
        }
        return result;
    }

    private static double inner(double[] a, int atA, double[] b, int atB, int n, double[] sums) {
        Arrays.fill(sums, 0);
        int x = 0;
        for (; x + 4 * LANES <= n; x += 4 * LANES) {
            int p = atA + x;
            int q = atB + x;
            for (int i = 0; i < LANES; i++) {
                sums[i] += (a[p + i] * b[q + i] + a[p + LANES + i] * b[q + LANES + i])
                        + (a[p + 2 * LANES + i] * b[q + 2 * LANES + i] + a[p + 3 * LANES + i] * b[q + 3 * LANES + i]);
            }
        }
        for (; x < n; x += LANES) {
            int count = Math.min(LANES, n - x);
            int p = atA + x;
            int q = atB + x;
            for (int i = 0; i < count; i++) {
                sums[i] += a[p + i] * b[q + i];
            }
        }
        double sum = 0;
        for (double each : sums) {
            sum += each;
        }
        return sum;
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
        for (int first = 0; first < to.columns(); first += STRETCH) {
            int count = Math.min(STRETCH, to.columns() - first);
            for (int j = 0; j < to.rows(); j++) {
                addCombination(coefficients, j, rows, first, count, to);
            }
        }
    }

    private static void addCombination(Matrix coefficients, int j, Matrix rows, int first, int count, Matrix to) {
        double[] x = rows.values();
        double[] sum = to.values();
        int n = rows.columns();
        int at = j * n + first;
        int k = 0;
        for (; k + 3 < rows.rows(); k += 4) {
            double c0 = coefficients.at(k, j);
            double c1 = coefficients.at(k + 1, j);
            double c2 = coefficients.at(k + 2, j);
            double c3 = coefficients.at(k + 3, j);
            int r0 = k * n + first;
            int r1 = r0 + n;
            int r2 = r1 + n;
            int r3 = r2 + n;
            for (int i = 0; i < count; i++) {
                sum[at + i] += (c0 * x[r0 + i] + c1 * x[r1 + i]) + (c2 * x[r2 + i] + c3 * x[r3 + i]);
            }
        }
        for (; k < rows.rows(); k++) {
            double c = coefficients.at(k, j);
            int r = k * n + first;
            for (int i = 0; i < count; i++) {
                sum[at + i] += c * x[r + i];
            }
        }
    }

    private static void requireSameLength(Matrix left, Matrix right) {
        if (left.columns() != right.columns()) {
            throw new IllegalArgumentException("rows of " + left.columns() + " and " + right.columns() + " numbers");
        }
    }
}

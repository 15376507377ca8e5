package io.github.splora.linalg;

/** Loops that keep several sums in registers. Sums are taken in the same order on every machine. */
final class PlainRowLoops implements RowLoops {

    /** Columns processed at a time, so that they stay in a core's cache. */
    private static final int STRETCH = 512;

    @Override
    public void inner(Matrix left, Matrix right, Matrix result) {
        for (int i = 0; i < left.rows(); i += 2) {
            for (int j = 0; j < right.rows(); j += 4) {
                innerOfSix(left, i, right, j, result);
            }
        }
    }

    /** Two rows times four. Rows past the last one repeat it. */
    private static void innerOfSix(Matrix left, int i, Matrix right, int j, Matrix result) {
        int n = left.columns();
        int lastLeft = left.rows() - 1;
        int lastRight = right.rows() - 1;
        int i1 = Math.min(i + 1, lastLeft);
        int j1 = Math.min(j + 1, lastRight);
        int j2 = Math.min(j + 2, lastRight);
        int j3 = Math.min(j + 3, lastRight);
        double[] a = left.values();
        double[] b = right.values();
        double sum00 = 0;
        double sum01 = 0;
        double sum02 = 0;
        double sum03 = 0;
        double sum10 = 0;
        double sum11 = 0;
        double sum12 = 0;
        double sum13 = 0;
        for (int x = 0; x < n; x++) {
            double a0 = a[i * n + x];
            double a1 = a[i1 * n + x];
            double b0 = b[j * n + x];
            double b1 = b[j1 * n + x];
            double b2 = b[j2 * n + x];
            double b3 = b[j3 * n + x];
            sum00 += a0 * b0;
            sum01 += a0 * b1;
            sum02 += a0 * b2;
            sum03 += a0 * b3;
            sum10 += a1 * b0;
            sum11 += a1 * b1;
            sum12 += a1 * b2;
            sum13 += a1 * b3;
        }
        result.set(i, j, sum00);
        result.set(i, j1, sum01);
        result.set(i, j2, sum02);
        result.set(i, j3, sum03);
        result.set(i1, j, sum10);
        result.set(i1, j1, sum11);
        result.set(i1, j2, sum12);
        result.set(i1, j3, sum13);
    }

    @Override
    public void addCombinations(Matrix coefficients, Matrix rows, Matrix to) {
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
}

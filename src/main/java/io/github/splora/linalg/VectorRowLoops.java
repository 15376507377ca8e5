package io.github.splora.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowLoops} with the JDK's Vector API: four to seven times as fast as {@link PlainRowLoops} once they are compiled. Only
 * {@link LongRows} creates one, where the API is present.
 *
 * <p>The last bits depend on the processor's vector width; nothing else does.
 */
final class VectorRowLoops implements RowLoops {

    private static final VectorSpecies<Double> DOUBLES =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = DOUBLES.length();

    /** Width of a vector. */
    static int bits() {
        return DOUBLES.vectorBitSize();
    }

    @Override
    public void inner(Matrix left, Matrix right, Matrix result) {
        double[] lanes = new double[LANES];
        for (int j = 0; j < right.rows(); j += 4) {
            for (int i = 0; i < left.rows(); i += 2) {
                innerOfSix(left, i, right, j, result, lanes);
            }
        }
    }

    /** Two rows times four: eight sums, which fit even small register files. Rows past the last one repeat it. */
    private static void innerOfSix(Matrix left, int i, Matrix right, int j, Matrix result, double[] lanes) {
        int n = left.columns();
        int lastRight = right.rows() - 1;
        int i1 = Math.min(i + 1, left.rows() - 1);
        int j1 = Math.min(j + 1, lastRight);
        int j2 = Math.min(j + 2, lastRight);
        int j3 = Math.min(j + 3, lastRight);
        double[] a = left.values();
        double[] b = right.values();
        DoubleVector sum00 = DoubleVector.zero(DOUBLES);
        DoubleVector sum01 = sum00;
        DoubleVector sum02 = sum00;
        DoubleVector sum03 = sum00;
        DoubleVector sum10 = sum00;
        DoubleVector sum11 = sum00;
        DoubleVector sum12 = sum00;
        DoubleVector sum13 = sum00;
        int whole = n / LANES * LANES;
        for (int x = 0; x < whole; x += LANES) {
            DoubleVector a0 = DoubleVector.fromArray(DOUBLES, a, i * n + x);
            DoubleVector a1 = DoubleVector.fromArray(DOUBLES, a, i1 * n + x);
            DoubleVector other = DoubleVector.fromArray(DOUBLES, b, j * n + x);
            sum00 = a0.fma(other, sum00);
            sum10 = a1.fma(other, sum10);
            other = DoubleVector.fromArray(DOUBLES, b, j1 * n + x);
            sum01 = a0.fma(other, sum01);
            sum11 = a1.fma(other, sum11);
            other = DoubleVector.fromArray(DOUBLES, b, j2 * n + x);
            sum02 = a0.fma(other, sum02);
            sum12 = a1.fma(other, sum12);
            other = DoubleVector.fromArray(DOUBLES, b, j3 * n + x);
            sum03 = a0.fma(other, sum03);
            sum13 = a1.fma(other, sum13);
        }
        result.set(i, j, sum(sum00, lanes) + rest(a, i * n, b, j * n, whole, n));
        result.set(i, j1, sum(sum01, lanes) + rest(a, i * n, b, j1 * n, whole, n));
        result.set(i, j2, sum(sum02, lanes) + rest(a, i * n, b, j2 * n, whole, n));
        result.set(i, j3, sum(sum03, lanes) + rest(a, i * n, b, j3 * n, whole, n));
        result.set(i1, j, sum(sum10, lanes) + rest(a, i1 * n, b, j * n, whole, n));
        result.set(i1, j1, sum(sum11, lanes) + rest(a, i1 * n, b, j1 * n, whole, n));
        result.set(i1, j2, sum(sum12, lanes) + rest(a, i1 * n, b, j2 * n, whole, n));
        result.set(i1, j3, sum(sum13, lanes) + rest(a, i1 * n, b, j3 * n, whole, n));
    }

    private static double rest(double[] a, int atA, double[] b, int atB, int first, int end) {
        double sum = 0;
        for (int x = first; x < end; x++) {
            sum += a[atA + x] * b[atB + x];
        }
        return sum;
    }

    /** Adds in a fixed order: the API leaves the order open, and compiled code uses another one than the interpreter. */
    private static double sum(DoubleVector vector, double[] lanes) {
        vector.intoArray(lanes, 0);
        double sum = 0;
        for (double lane : lanes) {
            sum += lane;
        }
        return sum;
    }

    @Override
    public void addCombinations(Matrix coefficients, Matrix rows, Matrix to) {
        int n = to.columns();
        int whole = n / (2 * LANES) * (2 * LANES);
        for (int j = 0; j < to.rows(); j += 4) {
            addFour(coefficients, rows, to, j, whole);
        }
        for (int j = 0; j < to.rows() && whole < n; j++) {
            addRest(coefficients, rows, to, j, whole);
        }
    }

    /** Four sums, two vectors wide. Sums past the last one repeat it. */
    private static void addFour(Matrix coefficients, Matrix rows, Matrix to, int j, int whole) {
        int n = to.columns();
        int r = to.rows();
        int j1 = Math.min(j + 1, r - 1);
        int j2 = Math.min(j + 2, r - 1);
        int j3 = Math.min(j + 3, r - 1);
        double[] c = coefficients.values();
        double[] from = rows.values();
        double[] sums = to.values();
        for (int x = 0; x < whole; x += 2 * LANES) {
            DoubleVector left0 = DoubleVector.fromArray(DOUBLES, sums, j * n + x);
            DoubleVector left1 = DoubleVector.fromArray(DOUBLES, sums, j1 * n + x);
            DoubleVector left2 = DoubleVector.fromArray(DOUBLES, sums, j2 * n + x);
            DoubleVector left3 = DoubleVector.fromArray(DOUBLES, sums, j3 * n + x);
            DoubleVector right0 = DoubleVector.fromArray(DOUBLES, sums, j * n + x + LANES);
            DoubleVector right1 = DoubleVector.fromArray(DOUBLES, sums, j1 * n + x + LANES);
            DoubleVector right2 = DoubleVector.fromArray(DOUBLES, sums, j2 * n + x + LANES);
            DoubleVector right3 = DoubleVector.fromArray(DOUBLES, sums, j3 * n + x + LANES);
            for (int k = 0; k < rows.rows(); k++) {
                DoubleVector left = DoubleVector.fromArray(DOUBLES, from, k * n + x);
                DoubleVector right = DoubleVector.fromArray(DOUBLES, from, k * n + x + LANES);
                DoubleVector factor = DoubleVector.broadcast(DOUBLES, c[k * r + j]);
                left0 = left.fma(factor, left0);
                right0 = right.fma(factor, right0);
                factor = DoubleVector.broadcast(DOUBLES, c[k * r + j1]);
                left1 = left.fma(factor, left1);
                right1 = right.fma(factor, right1);
                factor = DoubleVector.broadcast(DOUBLES, c[k * r + j2]);
                left2 = left.fma(factor, left2);
                right2 = right.fma(factor, right2);
                factor = DoubleVector.broadcast(DOUBLES, c[k * r + j3]);
                left3 = left.fma(factor, left3);
                right3 = right.fma(factor, right3);
            }
            left0.intoArray(sums, j * n + x);
            left1.intoArray(sums, j1 * n + x);
            left2.intoArray(sums, j2 * n + x);
            left3.intoArray(sums, j3 * n + x);
            right0.intoArray(sums, j * n + x + LANES);
            right1.intoArray(sums, j1 * n + x + LANES);
            right2.intoArray(sums, j2 * n + x + LANES);
            right3.intoArray(sums, j3 * n + x + LANES);
        }
    }

    private static void addRest(Matrix coefficients, Matrix rows, Matrix to, int j, int first) {
        int n = to.columns();
        for (int k = 0; k < rows.rows(); k++) {
            double c = coefficients.at(k, j);
            for (int x = first; x < n; x++) {
                to.values()[j * n + x] += c * rows.values()[k * n + x];
            }
        }
    }
}

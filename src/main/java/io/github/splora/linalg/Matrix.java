package io.github.splora.linalg;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A small dense matrix in float64: LoRA factors, tall-skinny products, Gram matrices. Nothing as large as a weight becomes
 * one.
 *
 * @param rows at least 0
 * @param columns at least 0
 * @param values {@code rows·columns} elements, row by row; shared, not copied
 */
public record Matrix(int rows, int columns, double[] values) {

    /** Rows of the right factor that stay in a core's cache while they are reused. */
    private static final int STRETCH = 64;

    public Matrix {
        if (values.length != Math.multiplyExact(rows, columns)) {
            throw new IllegalArgumentException(values.length + " values for [" + rows + ", " + columns + "]");
        }
    }

    /** Returns a matrix of zeros. */
    public static Matrix zeros(int rows, int columns) {
        return new Matrix(rows, columns, new double[Math.multiplyExact(rows, columns)]);
    }

    /** Returns the columns {@code [first, first + count)} of the identity: {@code [rows, count]}. */
    public static Matrix unitColumns(int rows, int first, int count) {
        Matrix result = zeros(rows, count);
        for (int j = 0; j < count; j++) {
            result.set(first + j, j, 1);
        }
        return result;
    }

    /** Returns independent normal deviates; the same seed gives the same matrix. */
    public static Matrix random(int rows, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Matrix result = zeros(rows, columns);
        for (int i = 0; i < result.values.length; i++) {
            result.values[i] = random.nextGaussian();
        }
        return result;
    }

    public double at(int row, int column) {
        return values[row * columns + column];
    }

    void set(int row, int column, double value) {
        values[row * columns + column] = value;
    }

    public Matrix transpose() {
        Matrix result = zeros(columns, rows);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result.values[j * rows + i] = values[i * columns + j];
            }
        }
        return result;
    }

    /** The transpose of a block: {@code [columnCount, rowCount]}. */
    public Matrix transposedBlock(int firstRow, int rowCount, int firstColumn, int columnCount) {
        Matrix result = zeros(columnCount, rowCount);
        for (int i = 0; i < rowCount; i++) {
            for (int j = 0; j < columnCount; j++) {
                result.values[j * rowCount + i] = at(firstRow + i, firstColumn + j);
            }
        }
        return result;
    }

    /** Adds a matrix to a part of this one, in place. */
    public void addBlock(Matrix block, int firstRow, int firstColumn) {
        for (int i = 0; i < block.rows; i++) {
            int start = (firstRow + i) * columns + firstColumn;
            for (int j = 0; j < block.columns; j++) {
                values[start + j] += block.values[i * block.columns + j];
            }
        }
    }

    /** Makes a square matrix symmetric, in place. */
    public void copyLowerToUpper() {
        requireEqual(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < i; j++) {
                values[j * columns + i] = values[i * columns + j];
            }
        }
    }

    /** {@code this · other : [rows, other.columns]}. */
    public Matrix times(Matrix other) {
        requireEqual(columns, other.rows);
        Matrix result = zeros(rows, other.columns);
        for (int first = 0; first < columns; first += STRETCH) {
            int end = Math.min(columns, first + STRETCH);
            for (int i = 0; i < rows; i++) {
                addRows(other, first, end, i * columns, 1, result, i);
            }
        }
        return result;
    }

    /** {@code thisᵀ · other : [columns, other.columns]}; with itself, the Gram matrix of the columns. */
    public Matrix transposeTimes(Matrix other) {
        requireEqual(rows, other.rows);
        Matrix result = zeros(columns, other.columns);
        for (int first = 0; first < rows; first += STRETCH) {
            int end = Math.min(rows, first + STRETCH);
            for (int i = 0; i < columns; i++) {
                addRows(other, first, end, i, columns, result, i);
            }
        }
        return result;
    }

    /** {@code this · thisᵀ : [rows, rows]}. */
    public Matrix gramOfRows() {
        Matrix result = zeros(rows, rows);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < columns; k++) {
                    sum += values[i * columns + k] * values[j * columns + k];
                }
                result.values[i * rows + j] = sum;
                result.values[j * rows + i] = sum;
            }
        }
        return result;
    }

    public Matrix scaledBy(double factor) {
        Matrix result = zeros(rows, columns);
        for (int i = 0; i < values.length; i++) {
            result.values[i] = factor * values[i];
        }
        return result;
    }

    public Matrix minus(Matrix other) {
        requireEqual(rows, other.rows);
        requireEqual(columns, other.columns);
        Matrix result = zeros(rows, columns);
        for (int i = 0; i < values.length; i++) {
            result.values[i] = values[i] - other.values[i];
        }
        return result;
    }

    /** {@code [this | right] : [rows, columns + right.columns]}. */
    public Matrix beside(Matrix right) {
        requireEqual(rows, right.rows);
        Matrix result = zeros(rows, columns + right.columns);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * columns, result.values, i * result.columns, columns);
            System.arraycopy(
                    right.values, i * right.columns, result.values, i * result.columns + columns, right.columns);
        }
        return result;
    }

    public Matrix plus(Matrix other) {
        return minus(other.scaledBy(-1));
    }

    /** Multiplies each column by its factor. */
    public Matrix scaledColumns(double[] factors) {
        Matrix result = zeros(rows, columns);
        for (int i = 0; i < values.length; i++) {
            result.values[i] = values[i] * factors[i % columns];
        }
        return result;
    }

    /** The first columns: {@code [rows, count]}. */
    public Matrix firstColumns(int count) {
        Matrix result = zeros(rows, count);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * columns, result.values, i * count, count);
        }
        return result;
    }

    /** Rows {@code [first, first + count)}. */
    public Matrix rows(int first, int count) {
        return new Matrix(count, columns, Arrays.copyOfRange(values, first * columns, (first + count) * columns));
    }

    /** {@code [this; lower] : [rows + lower.rows, columns]}. */
    public Matrix above(Matrix lower) {
        requireEqual(columns, lower.columns);
        Matrix result = zeros(rows + lower.rows, columns);
        System.arraycopy(values, 0, result.values, 0, values.length);
        System.arraycopy(lower.values, 0, result.values, values.length, lower.values.length);
        return result;
    }

    /** Returns the sum of squares of each column. */
    public double[] squaredColumns() {
        double[] squares = new double[columns];
        for (int i = 0; i < values.length; i++) {
            squares[i % columns] += values[i] * values[i];
        }
        return squares;
    }

    /** {@code ‖this‖²}, the sum of all squares. */
    public double squaredNorm() {
        return inner(this);
    }

    /** {@code Σ this_ij · other_ij}. */
    public double inner(Matrix other) {
        requireEqual(rows, other.rows);
        requireEqual(columns, other.columns);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * other.values[i];
        }
        return sum;
    }

    /** Adds rows {@code first} to {@code end} of a matrix, weighted by elements of this one, to a row; four at a time. */
    private void addRows(Matrix from, int first, int end, int start, int step, Matrix to, int toRow) {
        int n = from.columns;
        int target = toRow * n;
        int k = first;
        for (; k + 3 < end; k += 4) {
            double b0 = values[start + k * step];
            double b1 = values[start + (k + 1) * step];
            double b2 = values[start + (k + 2) * step];
            double b3 = values[start + (k + 3) * step];
            int r0 = k * n;
            int r1 = r0 + n;
            int r2 = r1 + n;
            int r3 = r2 + n;
            for (int j = 0; j < n; j++) {
                to.values[target + j] += (b0 * from.values[r0 + j] + b1 * from.values[r1 + j])
                        + (b2 * from.values[r2 + j] + b3 * from.values[r3 + j]);
            }
        }
        for (; k < end; k++) {
            double b = values[start + k * step];
            for (int j = 0; j < n; j++) {
                to.values[target + j] += b * from.values[k * n + j];
            }
        }
    }

    private static void requireEqual(int left, int right) {
        if (left != right) {
            throw new IllegalArgumentException("dimensions " + left + " and " + right + " differ");
        }
    }
}

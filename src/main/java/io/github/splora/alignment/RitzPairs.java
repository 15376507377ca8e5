package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SymmetricEigen;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Eigenvalues and eigenvectors of an operator (VᵀV or VVᵀ) within a Krylov space of dimension m.
 *
 * @param values θ, largest first, none negative
 * @param vectors {@code [m, m]}, in coordinates of the space's basis
 * @param start the starting block in coordinates of the vectors: [m, columns]
 */
record RitzPairs(double[] values, Matrix vectors, Matrix start) {

    /**
     * Computes them.
     *
     * @param projected T : [m, m]
     * @param start the starting block in coordinates of the first basis vectors; its other coordinates are zero
     */
    static RitzPairs of(Matrix projected, Matrix start) {
        SymmetricEigen eigen = SymmetricEigen.of(projected);
        double[] values = eigen.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, values[i]);
        }
        int m = values.length;
        Matrix firstRows =
                new Matrix(start.rows(), m, Arrays.copyOf(eigen.vectors().values(), start.rows() * m));
        return new RitzPairs(values, eigen.vectors(), firstRows.transposeTimes(start));
    }

    /** Returns f(operator) times columns of the starting block, in coordinates of the basis: [m, count]. */
    Matrix filtered(DoubleUnaryOperator f, int firstColumn, int count) {
        int m = values.length;
        Matrix scaled = Matrix.zeros(m, count);
        for (int i = 0; i < m; i++) {
            double factor = f.applyAsDouble(values[i]);
            for (int j = 0; j < count; j++) {
                scaled.values()[i * count + j] = factor * start.at(i, firstColumn + j);
            }
        }
        return vectors.times(scaled);
    }

    /**
     * Returns each pair's residual {@code ‖VᵀV u − θu‖}.
     *
     * @param next {@code R_{j+1} : [b', b]}, the coefficients of the block that follows the space
     */
    double[] residuals(Matrix next) {
        int m = values.length;
        int b = next.columns();
        Matrix lastRows = new Matrix(b, m, Arrays.copyOfRange(vectors.values(), (m - b) * m, m * m));
        // In units of the largest coefficient: squares of coefficients are of the size of σ⁴, which may leave float64's
        // range.
        double unit = Arrays.stream(next.values()).map(Math::abs).max().orElse(0);
        double[] residuals = new double[m];
        if (unit == 0) {
            return residuals;
        }
        double[] squares = next.scaledBy(1 / unit).times(lastRows).squaredColumns();
        for (int i = 0; i < m; i++) {
            residuals[i] = unit * Math.sqrt(squares[i]);
        }
        return residuals;
    }
}

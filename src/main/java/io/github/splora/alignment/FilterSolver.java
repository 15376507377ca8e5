package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.jspecify.annotations.Nullable;

/**
 * Applies a {@link SmoothFilter} to the block tridiagonal matrix T of a growing Krylov space without its eigenvectors: with
 * {@code S = T/μ}, {@code f(T) = Re i(S + i)⁻¹}. For block rows of b columns, a further block costs O(b³) and a result O(m b²), where a
 * decomposition costs O(m³).
 *
 * <p>Block elimination from the first row to the last needs no pivots across blocks: the imaginary part of every remaining block
 * is at least 1, so that the norm of its inverse is at most 1.
 */
final class FilterSolver {

    private final double mu;
    /** D_j⁻¹ S_{j,j+1} : real above imaginary part, [2b, b']. */
    private final List<Matrix> eliminated = new ArrayList<>();
    /** D_j⁻¹ y_j : real above imaginary part, [2b, columns]. */
    private final List<Matrix> solved = new ArrayList<>();

    private @Nullable LinearSolverDense<DMatrixRMaj> last;

    FilterSolver(SmoothFilter filter) {
        this.mu = filter.mu();
    }

    /**
     * Adds block rows of T that are not there yet.
     *
     * @param diagonal T_jj
     * @param below T_{j+1,j}
     * @param start the block to multiply f(T) by, in coordinates of the first basis vectors
     */
    void extend(List<Matrix> diagonal, List<Matrix> below, Matrix start) {
        for (int j = solved.size(); j < diagonal.size(); j++) {
            Matrix scaled = diagonal.get(j).scaledBy(1 / mu);
            int b = scaled.rows();
            if (j == 0) {
                factorize(scaled, identity(b));
                solved.add(solve(Matrix.zeros(b, start.columns()).above(start)));
            } else {
                Matrix coefficients = below.get(j - 1).scaledBy(1 / mu);
                int earlier = coefficients.columns();
                Matrix inverse = solve(coefficients.transpose().above(Matrix.zeros(earlier, b)));
                eliminated.add(inverse);
                factorize(
                        scaled.minus(coefficients.times(real(inverse))),
                        identity(b).minus(coefficients.times(imaginary(inverse))));
                Matrix before = solved.get(j - 1);
                solved.add(solve(coefficients
                        .times(real(before))
                        .above(coefficients.times(imaginary(before)))
                        .scaledBy(-1)));
            }
        }
    }

    /** Returns {@code f(T) start : [m, columns]} for T of the first steps. */
    Matrix filtered(int steps) {
        Matrix block = solved.get(steps - 1);
        Matrix result = real(block);
        for (int j = steps - 2; j >= 0; j--) {
            Matrix inverse = eliminated.get(j);
            Matrix real =
                    real(inverse).times(real(block)).minus(imaginary(inverse).times(imaginary(block)));
            Matrix imaginary = real(inverse)
                    .times(imaginary(block))
                    .plus(imaginary(inverse).times(real(block)));
            block = solved.get(j).minus(real.above(imaginary));
            result = real(block).above(result);
        }
        return result;
    }

    private void factorize(Matrix real, Matrix imaginary) {
        Matrix both = real.beside(imaginary.scaledBy(-1)).above(imaginary.beside(real));
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.lu(both.rows());
        if (!solver.setA(DMatrixRMaj.wrap(both.rows(), both.columns(), both.values()))) {
            throw new ArithmeticException("a block of " + both.rows() + " rows is singular");
        }
        last = solver;
    }

    private Matrix solve(Matrix right) {
        DMatrixRMaj result = new DMatrixRMaj(right.rows(), right.columns());
        Objects.requireNonNull(last)
                .solve(
                        DMatrixRMaj.wrap(
                                right.rows(), right.columns(), right.values().clone()),
                        result);
        return new Matrix(right.rows(), right.columns(), result.getData());
    }

    private static Matrix real(Matrix both) {
        return rows(both, 0);
    }

    private static Matrix imaginary(Matrix both) {
        return rows(both, both.rows() / 2);
    }

    private static Matrix rows(Matrix both, int first) {
        int n = both.columns();
        int count = both.rows() / 2;
        return new Matrix(count, n, Arrays.copyOfRange(both.values(), first * n, (first + count) * n));
    }

    private static Matrix identity(int n) {
        Matrix result = Matrix.zeros(n, n);
        for (int i = 0; i < n; i++) {
            result.values()[i * n + i] = 1;
        }
        return result;
    }
}

package io.github.splora.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/** Equations with a symmetric positive definite matrix (EJML's Cholesky decomposition). */
public final class PositiveDefinite {

    private PositiveDefinite() {}

    /**
     * Solves {@code matrix · X = right}.
     *
     * @param matrix symmetric and positive definite: {@code [n, n]}
     * @param right {@code [n, columns]}
     * @return X : {@code [n, columns]}
     * @throws IllegalArgumentException if the matrix is not positive definite, or not of finite numbers
     */
    public static Matrix solve(Matrix matrix, Matrix right) {
        int n = matrix.rows();
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(n);
        if (!solver.setA(DMatrixRMaj.wrap(n, n, matrix.values().clone()))) {
            throw new IllegalArgumentException("a matrix of [" + n + ", " + n + "] is not positive definite");
        }
        Matrix solution = Matrix.zeros(n, right.columns());
        solver.solve(
                DMatrixRMaj.wrap(n, right.columns(), right.values().clone()),
                DMatrixRMaj.wrap(n, right.columns(), solution.values()));
        return solution;
    }
}

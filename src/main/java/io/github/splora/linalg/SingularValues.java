package io.github.splora.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The singular value decomposition {@code U S Wᵀ} of a small square matrix.
 *
 * @param left U : [n, n]
 * @param values S, largest first
 * @param right W : [n, n]
 */
public record SingularValues(Matrix left, double[] values, Matrix right) {

    /** @param matrix {@code [n, n]} */
    public static SingularValues of(Matrix matrix) {
        int n = matrix.rows();
        SingularValueDecomposition_F64<DMatrixRMaj> decomposition =
                DecompositionFactory_DDRM.svd(n, n, true, true, false);
        if (!decomposition.decompose(DMatrixRMaj.wrap(n, n, matrix.values().clone()))) {
            throw new ArithmeticException("the singular values of a matrix [" + n + ", " + n + "] were not found");
        }
        DMatrixRMaj left = decomposition.getU(null, false);
        DMatrixRMaj middle = decomposition.getW(null);
        DMatrixRMaj right = decomposition.getV(null, false);
        SingularOps_DDRM.descendingOrder(left, false, middle, right, false);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = middle.get(i, i);
        }
        return new SingularValues(new Matrix(n, n, left.getData()), values, new Matrix(n, n, right.getData()));
    }
}

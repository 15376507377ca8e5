package io.github.splora.linalg;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

/**
 * The decomposition {@code QR} of a matrix {@code [n, c]} by Householder reflections. Its error is a few roundings of each
 * column's own length, however much the columns depend on each other and however different their lengths are.
 *
 * @param q Q : [n, k], orthonormal, with k the smaller of n and c
 * @param r R : [k, c], upper triangular
 */
public record ThinQr(Matrix q, Matrix r) {

    /** @param matrix {@code [n, c]}, finite */
    public static ThinQr of(Matrix matrix) {
        int n = matrix.rows();
        int c = matrix.columns();
        int k = Math.min(n, c);
        QRDecomposition<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.qr(n, c);
        if (!decomposition.decompose(DMatrixRMaj.wrap(n, c, matrix.values().clone()))) {
            throw new ArithmeticException("the QR decomposition of a matrix [" + n + ", " + c + "] was not found");
        }
        return new ThinQr(
                new Matrix(n, k, decomposition.getQ(null, true).getData()),
                new Matrix(k, c, decomposition.getR(null, true).getData()));
    }
}

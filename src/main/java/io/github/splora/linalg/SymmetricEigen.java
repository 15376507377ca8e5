package io.github.splora.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix.
 *
 * @param values largest first
 * @param vectors {@code [n, n]}, orthonormal columns in the order of the values
 */
public record SymmetricEigen(double[] values, Matrix vectors) {

    /** @param matrix {@code [n, n]}, symmetric; n of at most some thousands */
    public static SymmetricEigen of(Matrix matrix) {
        int n = matrix.rows();
        EigenDecomposition_F64<DMatrixRMaj> decomposition = DecompositionFactory_DDRM.eig(n, true, true);
        // The decomposition of large matrices copies them itself.
        double[] input = decomposition.inputModified() ? matrix.values().clone() : matrix.values();
        if (!decomposition.decompose(DMatrixRMaj.wrap(n, n, input))) {
            throw new ArithmeticException("the eigenvalues of a matrix [" + n + ", " + n + "] were not found");
        }
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(
                        (Integer i) -> -decomposition.getEigenvalue(i).getReal()))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] values = new double[n];
        Matrix vectors = Matrix.zeros(n, n);
        for (int j = 0; j < n; j++) {
            values[j] = decomposition.getEigenvalue(order[j]).getReal();
            DMatrixRMaj vector = decomposition.getEigenVector(order[j]);
            for (int i = 0; i < n; i++) {
                vectors.values()[i * n + j] = vector.get(i);
            }
        }
        return new SymmetricEigen(values, vectors);
    }
}

package io.github.splora.testing;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * The dominant singular subspaces of a matrix as projectors, from a full decomposition.
 *
 * @param left {@code LLᵀ : [out, out]}
 * @param right {@code RRᵀ : [in, in]}
 */
public record DenseSubspaces(DenseMatrix left, DenseMatrix right, int dimension) {

    /** Returns the fewest vectors that capture {@code energy} of the matrix's squared norm. */
    public static DenseSubspaces of(DenseMatrix matrix, double energy) {
        Decomposition svd = Decomposition.of(matrix);
        double wanted = energy * matrix.inner(matrix) * (1 - 1e-12);
        double held = 0;
        int count = 0;
        while (held < wanted) {
            held += svd.s.get(count, count) * svd.s.get(count, count);
            count++;
        }
        return svd.leading(count);
    }

    /** Returns the leading {@code rank} vectors on each side. */
    public static DenseSubspaces ofDimension(DenseMatrix matrix, int rank) {
        return Decomposition.of(matrix).leading(rank);
    }

    private record Decomposition(DMatrixRMaj u, DMatrixRMaj s, DMatrixRMaj w) {

        static Decomposition of(DenseMatrix matrix) {
            int height = matrix.height();
            int width = matrix.width();
            SingularValueDecomposition_F64<DMatrixRMaj> svd =
                    DecompositionFactory_DDRM.svd(height, width, true, true, true);
            svd.decompose(new DMatrixRMaj(height, width, true, matrix.flat()));
            Decomposition all = new Decomposition(svd.getU(null, false), svd.getW(null), svd.getV(null, false));
            SingularOps_DDRM.descendingOrder(all.u, false, all.s, all.w, false);
            return all;
        }

        DenseSubspaces leading(int count) {
            return new DenseSubspaces(projector(u, count), projector(w, count), count);
        }
    }

    /** Returns the part of {@code matrix} outside a projector's range, from the left. */
    public DenseMatrix outsideLeft(DenseMatrix matrix) {
        return matrix.plus(-1, left.times(matrix));
    }

    private static DenseMatrix projector(DMatrixRMaj vectors, int count) {
        double[][] rows = new double[vectors.numRows][vectors.numRows];
        for (int i = 0; i < vectors.numRows; i++) {
            for (int j = 0; j < vectors.numRows; j++) {
                for (int k = 0; k < count; k++) {
                    rows[i][j] += vectors.get(i, k) * vectors.get(j, k);
                }
            }
        }
        return new DenseMatrix(rows);
    }
}

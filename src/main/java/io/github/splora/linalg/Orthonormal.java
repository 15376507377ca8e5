package io.github.splora.linalg;

import java.util.Arrays;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/** Orthonormal bases of column spaces. */
public final class Orthonormal {

    /** A column that keeps less than this share of its length depends on the columns before it, up to rounding. */
    private static final double DEPENDENT = 1e-10;

    /** From this many columns on, large products are faster. */
    private static final int MANY = 48;
    /** Least remainder of a unit column beside those before it at which the Cholesky method keeps its precision. */
    private static final double NEARLY_DEPENDENT = 1e-5;
    /** Least remainder at which one sweep is enough. */
    private static final double CLEARLY_INDEPENDENT = 0.05;

    private Orthonormal() {}

    /**
     * Returns a basis of the column space, orthogonal to working precision.
     *
     * @param matrix {@code [n, k]}
     * @return {@code [n, k']} with {@code k' ≤ k}: columns that depend on earlier ones are dropped
     */
    public static Matrix basis(Matrix matrix) {
        return matrix.columns() < MANY
                ? byGramSchmidt(matrix)
                : byCholesky(matrix, 2).orElseGet(() -> byGramSchmidt(matrix));
    }

    /**
     * With {@code YᵀY = LLᵀ}, {@code Y L⁻ᵀ} has orthogonal columns, up to an error that grows with the square of Y's condition;
     * where that matters, a second sweep follows. Large products instead of many small ones (Yamamoto et al., "Roundoff error analysis of the
     * CholeskyQR2 algorithm", ETNA 44, 2015).
     *
     * @return empty if columns are dependent, or too nearly so for this method
     */
    private static Optional<Matrix> byCholesky(Matrix matrix, int sweeps) {
        Matrix scaled = matrix.scaledColumns(inverseNorms(matrix));
        int k = matrix.columns();
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(k, true);
        DMatrixRMaj gram = DMatrixRMaj.wrap(k, k, scaled.transposeTimes(scaled).values());
        if (!cholesky.decompose(gram)) {
            return Optional.empty();
        }
        DMatrixRMaj lower = cholesky.getT(null);
        double least = 1;
        for (int i = 0; i < k; i++) {
            least = Math.min(least, lower.get(i, i));
        }
        if (!(least > NEARLY_DEPENDENT)) {
            return Optional.empty();
        }
        TriangularSolver_DDRM.invertLower(lower.data, k);
        Matrix basis = scaled.times(new Matrix(k, k, lower.data).transpose());
        return least > CLEARLY_INDEPENDENT || sweeps == 1 ? Optional.of(basis) : byCholesky(basis, sweeps - 1);
    }

    private static double[] inverseNorms(Matrix matrix) {
        return Arrays.stream(matrix.squaredColumns())
                .map(square -> square > 0 ? 1 / Math.sqrt(square) : 0)
                .toArray();
    }

    /** Gram–Schmidt in two sweeps. */
    private static Matrix byGramSchmidt(Matrix matrix) {
        Matrix columns = matrix.transpose();
        int n = columns.columns();
        double[] kept = new double[columns.rows() * n];
        int count = 0;
        for (int j = 0; j < columns.rows(); j++) {
            System.arraycopy(columns.values(), j * n, kept, count * n, n);
            double before = norm(kept, count, n);
            for (int sweep = 0; sweep < 2; sweep++) {
                for (int i = 0; i < count; i++) {
                    subtract(kept, count, i, n);
                }
            }
            double after = norm(kept, count, n);
            if (after > DEPENDENT * before) {
                for (int x = count * n; x < (count + 1) * n; x++) {
                    kept[x] /= after;
                }
                count++;
            }
        }
        double[] values = new double[count * n];
        System.arraycopy(kept, 0, values, 0, values.length);
        return new Matrix(count, n, values).transpose();
    }

    /** Subtracts from vector {@code j} its projection onto unit vector {@code i}. */
    private static void subtract(double[] vectors, int j, int i, int n) {
        double inner = 0;
        for (int x = 0; x < n; x++) {
            inner += vectors[j * n + x] * vectors[i * n + x];
        }
        for (int x = 0; x < n; x++) {
            vectors[j * n + x] -= inner * vectors[i * n + x];
        }
    }

    private static double norm(double[] vectors, int j, int n) {
        double sum = 0;
        for (int x = j * n; x < (j + 1) * n; x++) {
            sum += vectors[x] * vectors[x];
        }
        return Math.sqrt(sum);
    }
}

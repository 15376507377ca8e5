package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SingularValues;
import java.util.Arrays;

/**
 * {@code B·A : [out, in]}, never built as a matrix. With the Gram matrix {@code AAᵀ : [r, r]}, inner products of matrices
 * that share A need no {@code [out, in]} matrix: {@code ⟨XA, YA⟩ = tr((XᵀY)(AAᵀ))}. All in float64.
 *
 * @param a A : [r, in]
 * @param b B : [out, r], including any scaling
 * @param gramOfA {@code AAᵀ}
 */
public record LowRank(Matrix a, Matrix b, Matrix gramOfA) {

    /** Computes the Gram matrix. */
    public LowRank(Matrix a, Matrix b) {
        this(a, b, a.gramOfRows());
    }

    /** Returns the product of rank 0, {@code [out, in]}. */
    public static LowRank none(long out, long in) {
        return new LowRank(Matrix.zeros(0, Math.toIntExact(in)), Matrix.zeros(Math.toIntExact(out), 0));
    }

    /** {@code ‖BA‖²}. */
    public double squaredNorm() {
        return Math.max(0, innerTimesA(b, b));
    }

    /** {@code ‖BA‖}. */
    double norm() {
        return Math.sqrt(squaredNorm());
    }

    /**
     * Variance of {@code Σ s_i² q_i} over that of one q, with BA's singular values s and figures q of orthonormal random
     * directions in n dimensions, which add up to a constant over a whole basis: {@code Σ s⁴ − ((Σ s²)² − Σ s⁴)/(n − 1)}.
     */
    public double varianceFactor(double n) {
        Matrix product = b.transposeTimes(b).times(gramOfA);
        double fourth = product.inner(product.transpose());
        double square = squaredNorm();
        return n <= 1 ? 0 : Math.max(0, fourth - (square * square - fourth) / (n - 1));
    }

    /** {@code ⟨XA, YA⟩} for {@code X, Y : [out, r]}; AAᵀ is symmetric, so the trace is an inner product. */
    public double innerTimesA(Matrix x, Matrix y) {
        return x.transposeTimes(y).inner(gramOfA);
    }

    /**
     * Returns the best approximation of rank {@code rank}, with the singular values split between the two factors.
     *
     * @return factors {@code [rank, in]} and {@code [out, rank]}, padded with zeros where BA has lower rank
     */
    public LowRank truncated(int rank) {
        Matrix left = Orthonormal.basis(b);
        Matrix right = Orthonormal.basis(a.transpose());
        // Square, because the decomposition requires that: BA = left · core · rightᵀ.
        int size = Math.max(rank, Math.max(left.columns(), right.columns()));
        Matrix core = Matrix.zeros(size, size);
        Matrix small = left.transposeTimes(b).times(a.times(right));
        for (int i = 0; i < small.rows(); i++) {
            System.arraycopy(small.values(), i * small.columns(), core.values(), i * size, small.columns());
        }
        SingularValues decomposition = SingularValues.of(core);
        double[] roots = Arrays.stream(decomposition.values()).map(Math::sqrt).toArray();
        Matrix newB = padded(left, size)
                .times(decomposition.left().scaledColumns(roots))
                .firstColumns(rank);
        Matrix newA = padded(right, size)
                .times(decomposition.right().scaledColumns(roots))
                .firstColumns(rank);
        return new LowRank(newA.transpose(), newB);
    }

    private static Matrix padded(Matrix basis, int columns) {
        return basis.beside(Matrix.zeros(basis.rows(), columns - basis.columns()));
    }

    /** {@code BA − other}, of rank r + other's r. */
    public LowRank minus(LowRank other) {
        return new LowRank(a.transpose().beside(other.a.transpose()).transpose(), b.beside(other.b.scaledBy(-1)));
    }
}

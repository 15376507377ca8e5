package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;

/**
 * The smallest leading singular subspaces of V that hold a given share of ‖V‖².
 *
 * @param left L : [out, k], orthonormal; the output directions that V writes to
 * @param right R : [in, k], orthonormal; the input directions that V reads from
 */
public record Subspaces(Matrix left, Matrix right) {

    /** Returns k, the dimension of both subspaces. */
    public int dimension() {
        return left.columns();
    }

    /** Projects the columns of {@code X : [out, n]} onto the left subspace: {@code L Lᵀ X}. */
    public Matrix ontoLeft(Matrix x) {
        return left.times(left.transposeTimes(x));
    }

    /** Projects the rows of {@code X : [n, in]} onto the right subspace: {@code X R Rᵀ}. */
    public Matrix ontoRight(Matrix x) {
        return x.times(right).times(right.transpose());
    }
}

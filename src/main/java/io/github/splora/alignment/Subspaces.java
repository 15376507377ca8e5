package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;

/**
 * The smallest leading singular subspaces of V that hold a given share of ‖V‖².
 *
 * @param left L : [out, k], orthonormal: what V writes to
 * @param right R : [in, k], orthonormal: what V reads from
 */
public record Subspaces(Matrix left, Matrix right) {

    /** k. */
    public int dimension() {
        return left.columns();
    }

    /** {@code L Lᵀ X}, of {@code X : [out, n]} what lies in the left one. */
    public Matrix ontoLeft(Matrix x) {
        return left.times(left.transposeTimes(x));
    }

    /** {@code X R Rᵀ}, of the rows of {@code X : [n, in]} what lies in the right one. */
    public Matrix ontoRight(Matrix x) {
        return x.times(right).times(right.transpose());
    }
}

package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import java.util.function.DoubleUnaryOperator;

/** A delta BA whose factors are in the starting blocks of {@link KrylovSpaces}. Its methods are to be called after the walks. */
public final class FilteredDelta {

    private final Matrix a;
    private final Matrix b;
    private final int firstColumn;
    private final KrylovSpaces spaces;

    FilteredDelta(KrylovSpaces spaces, Matrix a, Matrix b, int firstColumn) {
        this.spaces = spaces;
        this.a = a;
        this.b = b;
        this.firstColumn = firstColumn;
    }

    /**
     * Returns {@code A f(VᵀV)} and {@code f(VVᵀ) B}. NaN where V is not finite.
     *
     * @param f a smooth function of squared singular values; accurate if it varies no faster than the required filters
     */
    public FilteredFactors factors(DoubleUnaryOperator f) {
        if (spaces.isTrivial()) {
            double factor = spaces.trivialFactor(f);
            return new FilteredFactors(a.scaledBy(factor), b.scaledBy(factor));
        }
        Coordinates coordinates = latest(f);
        return new FilteredFactors(
                spaces.right().vectors(coordinates.right()),
                spaces.left().vectors(coordinates.left()).transpose());
    }

    /** Returns {@code ‖f(VVᵀ) B A f(VᵀV)‖²} without computing the factors. */
    public double squaredNorm(DoubleUnaryOperator f) {
        if (spaces.isTrivial()) {
            return Math.pow(spaces.trivialFactor(f), 4) * Coordinates.squaredNorm(b, a.transpose());
        }
        Coordinates coordinates = latest(f);
        return Coordinates.squaredNorm(coordinates.left(), coordinates.right());
    }

    /** Returns the filtered factors after the last step. */
    private Coordinates latest(DoubleUnaryOperator f) {
        if (f instanceof SmoothFilter filter) {
            return of(
                    spaces.left().filtered(filter, spaces.left().steps()),
                    spaces.right().filtered(filter, spaces.right().steps()));
        }
        return new Coordinates(
                spaces.left().ritz(spaces.left().steps()).filtered(f, firstColumn, b.columns()),
                spaces.right().ritz(spaces.right().steps()).filtered(f, firstColumn, a.rows()));
    }

    /** Selects this delta's columns from the filtered starting blocks. */
    Coordinates of(Matrix left, Matrix right) {
        return new Coordinates(columns(left, b.columns()), columns(right, a.rows()));
    }

    private Matrix columns(Matrix all, int count) {
        Matrix result = Matrix.zeros(all.rows(), count);
        for (int i = 0; i < all.rows(); i++) {
            System.arraycopy(all.values(), i * all.columns() + firstColumn, result.values(), i * count, count);
        }
        return result;
    }

    @SuppressWarnings("ReferenceEquality") // the same factors, not equal ones
    boolean isOf(Matrix otherA, Matrix otherB) {
        return a == otherA && b == otherB;
    }

    /** A : [r, in]. */
    Matrix a() {
        return a;
    }

    /** B : [out, r]. */
    Matrix b() {
        return b;
    }

    /**
     * Two factors L and R of a delta LRᵀ, in coordinates of orthonormal bases that only gain vectors at their ends.
     *
     * @param left {@code [m', r]}
     * @param right {@code [m, r]}
     */
    record Coordinates(Matrix left, Matrix right) {

        /** {@code ‖LRᵀ − L'R'ᵀ‖/‖LRᵀ‖} for L'R'ᵀ of an earlier step; 0 if both are zero. */
        double changeFrom(Coordinates earlier) {
            Matrix earlierLeft = padded(earlier.left, left.rows());
            Matrix earlierRight = padded(earlier.right, right.rows());
            double square =
                    squaredNorm(left.minus(earlierLeft).beside(earlierLeft), right.beside(right.minus(earlierRight)));
            return square == 0 ? 0 : Math.sqrt(square / squaredNorm(left, right));
        }

        private static Matrix padded(Matrix matrix, int rows) {
            return matrix.above(Matrix.zeros(rows - matrix.rows(), matrix.columns()));
        }

        /** {@code ‖LRᵀ‖²}. */
        static double squaredNorm(Matrix left, Matrix right) {
            return Math.max(0, left.transposeTimes(left).inner(right.transposeTimes(right)));
        }
    }
}

package io.github.splora.alignment;

import io.github.splora.linalg.LongRows;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Block Lanczos on VᵀV or VVᵀ. From a starting block X = Q₁R it builds an orthonormal basis Q₁, Q₂, … of X, VᵀV X, (VᵀV)²X, …
 * and the block tridiagonal matrix T = QᵀVᵀVQ,
 *
 * <pre>Y_j = V Q_j,   T_jj = Y_jᵀY_j,   Q_{j+1} R_{j+1} = VᵀY_j − Σ_i Q_i Q_iᵀVᵀY_j,   T_{j+1,j} = R_{j+1}</pre>
 *
 * A step takes two walks, requested by {@link #askImage} and {@link #askReturn}. Every block is orthogonalized against all earlier
 * ones. Columns that depend on others are dropped; when none is left, the space is invariant.
 *
 * <p>Source: Golub, Underwood, "The block Lanczos method for computing eigenvalues", Mathematical Software III (1977); Saad,
 * "Analysis of some Krylov subspace approximations to the matrix exponential operator", SIAM J. Numer. Anal. 29 (1992).
 */
final class BlockLanczos {

    /** A direction that keeps less than this share of its length is orthogonalized a second time. */
    private static final double CANCELLED = 1e-5;

    private final boolean isLeft;
    private final int size;
    private final double rounding;
    /** Q_jᵀ : [b, n], one for each step. */
    private final List<Matrix> basis = new ArrayList<>();

    private final List<Matrix> diagonal = new ArrayList<>();
    private final List<Matrix> below = new ArrayList<>();
    private final Matrix start;
    private @Nullable Slot<Matrix> image;
    private @Nullable Slot<Matrix> returned;
    private final Map<SmoothFilter, FilterSolver> solvers = new HashMap<>();
    /** Ritz pairs of all steps, computed when they are asked for. */
    private @Nullable RitzPairs ritz;

    private int ritzSteps;
    /** The coefficients of the latest block: of no rows if the space is exhausted. */
    private @Nullable Matrix lastBelow;
    /** A lower estimate of the operator's norm, within a factor of 3 of the largest Ritz value. */
    private double norm;

    private boolean isExhausted;
    private boolean isFinite = true;

    /**
     * @param isLeft whether the operator is VVᵀ
     * @param block X : [in, columns], or [out, columns] on the left
     * @param rounding relative error of the products: directions shorter than this count as zero
     */
    @SuppressWarnings("NullAway.Init") // takeImage() and takeReturn() set the rest before anything reads it
    BlockLanczos(boolean isLeft, Matrix block, double rounding) {
        this.isLeft = isLeft;
        this.size = block.rows();
        this.rounding = rounding;
        Matrix first = Orthonormal.basis(block);
        basis.add(first.transpose());
        start = first.transposeTimes(block);
        isFinite = isFinite(first) && isFinite(start);
    }

    /** Requests {@code V Q_j}. */
    void askImage(Pass pass) {
        Matrix last = basis.get(basis.size() - 1).transpose();
        image = isLeft ? pass.transposeTimes(Operand.ALIGNMENT_DELTA, last) : pass.times(Operand.ALIGNMENT_DELTA, last);
    }

    /** Takes {@code V Q_j}; from here on T includes step j. */
    void takeImage() {
        Matrix rows = Objects.requireNonNull(image).get().transpose();
        Matrix gram = LongRows.inner(rows, rows);
        isFinite &= isFinite(gram);
        diagonal.add(gram);
        if (isFinite && gram.rows() > 0) {
            norm = Math.max(norm, SymmetricEigen.of(gram).values()[0]);
        }
    }

    /** Requests {@code VᵀV Q_j}. */
    void askReturn(Pass pass) {
        Matrix product = Objects.requireNonNull(image).get();
        returned = isLeft
                ? pass.times(Operand.ALIGNMENT_DELTA, product)
                : pass.transposeTimes(Operand.ALIGNMENT_DELTA, product);
        image = null;
    }

    /** Takes {@code VᵀV Q_j}: computes the next block, and with it the residuals of step j. */
    void takeReturn() {
        Matrix rest = Objects.requireNonNull(returned).get().transpose();
        // Twice: what rounding leaves of the basis grows with each step by the ratio of the product's length to the
        // rest's.
        subtractBasis(rest);
        subtractBasis(rest);
        returned = null;
        isFinite &= isFinite(rest);
        if (!isFinite) {
            return;
        }
        Matrix next = independent(rest);
        Matrix coefficients = LongRows.inner(next, rest);
        lastBelow = coefficients;
        isExhausted = next.rows() == 0;
        if (!isExhausted) {
            basis.add(next);
            below.add(coefficients);
        }
    }

    /** Whether the space is invariant, so that its Ritz pairs are eigenpairs. */
    boolean isExhausted() {
        return isExhausted;
    }

    /** False once a NaN or infinite number has appeared, with which no decomposition would end. */
    boolean isFinite() {
        return isFinite;
    }

    /** Returns the length of the vectors, in or out. */
    int size() {
        return size;
    }

    /** Returns the number of columns of the first block. */
    int blockColumns() {
        return basis.get(0).rows();
    }

    /**
     * Returns the Ritz pairs after some of the steps. Takes O(m³).
     *
     * @param count {@link #steps} or {@link #settledSteps}
     */
    RitzPairs ritz(int count) {
        RitzPairs known = ritz;
        if (known == null || ritzSteps != count) {
            known = RitzPairs.of(projected(count), start);
            ritz = known;
            ritzSteps = count;
        }
        return known;
    }

    /** Returns the residuals of the Ritz pairs after {@link #settledSteps}. */
    double[] residuals(RitzPairs settled) {
        int count = settledSteps();
        return settled.residuals(isExhausted ? Objects.requireNonNull(lastBelow) : below.get(count - 1));
    }

    /** Returns the number of steps whose residuals are known: all of them, or all except for the last one. */
    int settledSteps() {
        return isExhausted ? diagonal.size() : Math.min(diagonal.size(), below.size());
    }

    /** Returns the dimension of the space. */
    int dimension() {
        return diagonal.stream().mapToInt(Matrix::columns).sum();
    }

    /** Returns f(operator) times the starting block after some of the steps, in coordinates of the basis. */
    Matrix filtered(SmoothFilter filter, int count) {
        FilterSolver solver = solvers.computeIfAbsent(filter, FilterSolver::new);
        solver.extend(diagonal, below, start);
        return solver.filtered(count);
    }

    /** Frees the memory for filters other than these. */
    void keepFilters(Collection<SmoothFilter> filters) {
        solvers.keySet().retainAll(filters);
    }

    /** Returns the number of diagonal blocks of T. */
    int steps() {
        return diagonal.size();
    }

    /** Returns {@code (Q C)ᵀ : [columns, n]} for coordinates {@code C : [m, columns]}, after any number of steps. */
    Matrix vectors(Matrix coordinates) {
        Matrix sum = Matrix.zeros(coordinates.columns(), size);
        int row = 0;
        for (int i = 0; row < coordinates.rows(); i++) {
            Matrix block = basis.get(i);
            LongRows.addCombinations(rows(coordinates, row, block.rows()), block, sum);
            row += block.rows();
        }
        return sum;
    }

    private static Matrix rows(Matrix matrix, int first, int count) {
        int n = matrix.columns();
        return new Matrix(count, n, Arrays.copyOfRange(matrix.values(), first * n, (first + count) * n));
    }

    /** T : [m, m] after some of the steps. */
    private Matrix projected(int count) {
        int m = diagonal.stream().limit(count).mapToInt(Matrix::columns).sum();
        Matrix result = Matrix.zeros(m, m);
        int at = 0;
        for (int j = 0; j < count; j++) {
            Matrix block = diagonal.get(j);
            put(block, result, at, at);
            int next = at + block.columns();
            if (j + 1 < count) {
                put(below.get(j), result, next, at);
                put(below.get(j).transpose(), result, at, next);
            }
            at = next;
        }
        return result;
    }

    private static void put(Matrix block, Matrix into, int row, int column) {
        for (int i = 0; i < block.rows(); i++) {
            System.arraycopy(
                    block.values(),
                    i * block.columns(),
                    into.values(),
                    (row + i) * into.columns() + column,
                    block.columns());
        }
    }

    /** Subtracts from rows of length n, in place, their projection on the space. */
    private void subtractBasis(Matrix rows) {
        for (Matrix block : basis) {
            LongRows.addCombinations(LongRows.inner(block, rows).scaledBy(-1), block, rows);
        }
    }

    /** Returns orthonormal rows that span a block's remainder, without directions that are rounding errors. */
    private Matrix independent(Matrix rest) {
        // In units of the largest element: the squares of the rows are of the size of σ⁴, which may leave float64's
        // range.
        double unit = largestMagnitude(rest);
        if (unit == 0) {
            return Matrix.zeros(0, size);
        }
        Matrix scaled = rest.scaledBy(1 / unit);
        SymmetricEigen eigen = SymmetricEigen.of(LongRows.inner(scaled, scaled));
        double largest = norm / unit;
        double floor = Math.max(rounding * largest, rounding * Math.sqrt(Math.max(0, eigen.values()[0])));
        int most = Math.min(
                rest.rows(), size - basis.stream().mapToInt(Matrix::rows).sum());
        double[] inverse = new double[rest.rows()];
        int count = 0;
        while (count < most && Math.sqrt(Math.max(0, eigen.values()[count])) > floor) {
            inverse[count] = 1 / Math.sqrt(eigen.values()[count]);
            count++;
        }
        norm = Math.max(norm, unit * Math.sqrt(Math.max(0, eigen.values()[0])));
        Matrix next = Matrix.zeros(count, size);
        LongRows.addCombinations(eigen.vectors().scaledColumns(inverse).firstColumns(count), scaled, next);
        if (count > 0 && Math.sqrt(eigen.values()[count - 1]) < CANCELLED * largest) {
            subtractBasis(next);
            return Orthonormal.basis(next.transpose()).transpose();
        }
        return next;
    }

    private static double largestMagnitude(Matrix matrix) {
        double largest = 0;
        for (double value : matrix.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static boolean isFinite(Matrix matrix) {
        return Arrays.stream(matrix.values()).allMatch(Double::isFinite);
    }
}

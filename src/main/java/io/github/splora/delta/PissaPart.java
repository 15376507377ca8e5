package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import org.jspecify.annotations.Nullable;

/**
 * PiSSA's part of the weight: {@code P = U_r S_r V_rᵀ}, the best approximation of W with rank r. With the leading right
 * singular vectors {@code V_r : [in, r]} it is {@code (W V_r) V_rᵀ}; they are found block-wise, by the locally optimal
 * conjugate gradient method on {@code WᵀW}: each step is the best subspace within the span of the present vectors X,
 * their residuals R and the last step's directions D, and takes two walks.
 *
 * <p>Sources: Meng et al., "PiSSA", NeurIPS 2024 (arXiv 2404.02948); Knyazev, "Toward the Optimal Preconditioned
 * Eigensolver", SIAM J. Sci. Comput. 23 (2001).
 */
final class PissaPart implements BasePart {

    /** Extra vectors, because the last ones of a block converge slowest. */
    private static final int OVERSAMPLING = 8;
    /** At residuals of this share of the largest eigenvalue, P is accurate to about single precision. */
    private static final double CONVERGED = 1e-9;

    private static final int MOST_STEPS = 200;
    /** Fixed, so that the same adapter always gets the same score. */
    private static final long SEED = 1;

    private final int rank;
    private final int inFeatures;

    private Matrix basis;
    private Slot<Matrix> wBasis;
    private Matrix x;
    private double[] eigenvalues;
    private Matrix directions;
    private Matrix wx;
    private @Nullable Slot<Matrix> gramX;
    private int steps;
    private boolean done;

    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    PissaPart(int rank, int inFeatures) {
        this.rank = rank;
        this.inFeatures = inFeatures;
    }

    @Override
    public boolean ask(Pass pass) {
        if (basis == null) {
            basis = Orthonormal.basis(Matrix.random(inFeatures, Math.min(inFeatures, rank + OVERSAMPLING), SEED));
            wBasis = pass.times(Operand.ALIGNED, basis);
        } else if (gramX == null) {
            improve();
            gramX = pass.transposeTimes(Operand.ALIGNED, wx);
        } else {
            Matrix residuals = gramX.get().minus(x.scaledColumns(eigenvalues));
            done = ++steps >= MOST_STEPS || isConverged(residuals);
            if (!done) {
                basis = Orthonormal.basis(
                        directions == null
                                ? x.beside(residuals)
                                : x.beside(residuals).beside(directions));
                wBasis = pass.times(Operand.ALIGNED, basis);
                gramX = null;
            }
        }
        return !done;
    }

    @Override
    public LowRank factors() {
        int wanted = Math.min(rank, x.columns());
        return new LowRank(x.firstColumns(wanted).transpose(), wx.firstColumns(wanted));
    }

    /** Rayleigh-Ritz: the vectors within the basis that W stretches most. */
    private void improve() {
        Matrix w = wBasis.get();
        SymmetricEigen eigen = SymmetricEigen.of(w.transposeTimes(w));
        int width = Math.min(basis.columns(), rank + OVERSAMPLING);
        Matrix coefficients = eigen.vectors().firstColumns(width);
        Matrix next = basis.times(coefficients);
        if (x != null) {
            directions = next.minus(x.times(x.transposeTimes(next)));
        }
        x = next;
        wx = w.times(coefficients);
        eigenvalues = eigen.values();
    }

    private boolean isConverged(Matrix residuals) {
        double largest = 0;
        for (int j = 0; j < Math.min(rank, residuals.columns()); j++) {
            double sum = 0;
            for (int i = 0; i < residuals.rows(); i++) {
                sum += residuals.at(i, j) * residuals.at(i, j);
            }
            largest = Math.max(largest, sum);
        }
        return Math.sqrt(largest) <= CONVERGED * eigenvalues[0];
    }
}

package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;

/**
 * DoRA rescales each row of the adapted weight to a trained magnitude:
 *
 * <pre>W'_o = m_o (W + sBA)_o / ‖(W + sBA)_o‖,   Δ = W' − W = (g − 1) W + g sBA,   g_o = m_o / ‖(W + sBA)_o‖</pre>
 *
 * with the aligned weight {@code W : [out, in]} and one g for each output o. One pass: {@code Y = V Aᵀ}, {@code Z = W Aᵀ}
 * and the row products ⟨W, W⟩ and ⟨W, V⟩; then
 *
 * <pre>‖(W + sBA)_o‖² = ‖W_o‖² + 2 ⟨sB_o, Z_o⟩ + sB_o AAᵀ sB_oᵀ</pre>
 *
 * and norm and inner product of Δ follow row by row.
 *
 * <p>Source: Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", ICML 2024 (arXiv 2402.09353), equation 5.
 */
final class DoraDelta implements Delta {

    private final LowRank factors;
    private final double[] magnitudes;
    private Slot<Matrix> y;
    private Slot<Matrix> z;
    private Slot<double[]> weightSquared;
    private Slot<double[]> weightWithAlignment;
    private double squaredNorm = Double.NaN;
    private double innerWithAlignment;

    /**
     * @param factors sBA
     * @param magnitudes m, one per output
     */
    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    DoraDelta(LowRank factors, double[] magnitudes) {
        this.factors = factors;
        this.magnitudes = magnitudes;
    }

    @Override
    public void ask(Pass pass) {
        Matrix transposedA = factors.a().transpose();
        y = pass.times(Operand.ALIGNMENT_DELTA, transposedA);
        z = pass.times(Operand.ALIGNED, transposedA);
        weightSquared = pass.rowInner(Operand.ALIGNED, Operand.ALIGNED);
        weightWithAlignment = pass.rowInner(Operand.ALIGNED, Operand.ALIGNMENT_DELTA);
    }

    @Override
    public double squaredNorm() {
        compute();
        return squaredNorm;
    }

    @Override
    public double innerWithAlignment() {
        compute();
        return innerWithAlignment;
    }

    private void compute() {
        if (!Double.isNaN(squaredNorm)) {
            return;
        }
        Matrix bTimesGram = factors.b().times(factors.gramOfA());
        double squared = 0;
        double inner = 0;
        for (int o = 0; o < magnitudes.length; o++) {
            double ww = weightSquared.get()[o];
            double wd = rowInner(factors.b(), z.get(), o);
            double dd = rowInner(factors.b(), bTimesGram, o);
            double g = magnitudes[o] / Math.sqrt(ww + 2 * wd + dd);
            squared += (g - 1) * (g - 1) * ww + 2 * (g - 1) * g * wd + g * g * dd;
            inner += (g - 1) * weightWithAlignment.get()[o] + g * rowInner(factors.b(), y.get(), o);
        }
        squaredNorm = Math.max(0, squared);
        innerWithAlignment = inner;
    }

    private static double rowInner(Matrix left, Matrix right, int row) {
        double sum = 0;
        for (int j = 0; j < left.columns(); j++) {
            sum += left.at(row, j) * right.at(row, j);
        }
        return sum;
    }
}

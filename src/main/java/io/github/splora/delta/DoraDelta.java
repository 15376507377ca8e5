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

    /** Least {@code (‖W_o‖ + Σ_k |sB_ok|·‖a_k‖)/‖(W + sBA)_o‖} at which a row is said to cancel. */
    private static final double CANCELLING = 16;
    /** Half the distance from 1 to the next float32. */
    private static final double FLOAT32_ROUNDING = 0x1p-24;

    private final LowRank factors;
    private final double productUncertainty;
    private final double[] magnitudes;
    private Slot<Matrix> y;
    private Slot<Matrix> z;
    private Slot<double[]> weightSquared;
    private Slot<double[]> weightWithAlignment;
    private double squaredNorm = Double.NaN;
    private double innerWithAlignment;
    private double uncertainty;

    /**
     * @param product sBA
     * @param magnitudes m, one per output
     */
    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    DoraDelta(StableProduct product, double[] magnitudes) {
        this.factors = product.factors();
        this.productUncertainty = product.uncertainty();
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

    @Override
    public double uncertainty() {
        compute();
        return uncertainty;
    }

    private void compute() {
        if (!Double.isNaN(squaredNorm)) {
            return;
        }
        Matrix bTimesGram = factors.b().times(factors.gramOfA());
        double squared = 0;
        double inner = 0;
        double uncertain = 0;
        double largestGain = 0;
        for (int o = 0; o < magnitudes.length; o++) {
            double ww = weightSquared.get()[o];
            double wd = rowInner(factors.b(), z.get(), o);
            double dd = rowInner(factors.b(), bTimesGram, o);
            double norm = Math.sqrt(ww + 2 * wd + dd);
            double g = magnitudes[o] / norm;
            squared += (g - 1) * (g - 1) * ww + 2 * (g - 1) * g * wd + g * g * dd;
            largestGain = Math.max(largestGain, Math.abs(g));
            double lengths = Math.sqrt(ww) + lengths(o);
            if (!(norm * CANCELLING >= lengths)) {
                double ofRow = FLOAT32_ROUNDING * lengths * g;
                uncertain += ofRow * ofRow;
            }
            inner += (g - 1) * weightWithAlignment.get()[o] + g * rowInner(factors.b(), y.get(), o);
        }
        squaredNorm = Math.max(0, squared);
        innerWithAlignment = inner;
        uncertainty = Math.sqrt(uncertain) + (productUncertainty == 0 ? 0 : productUncertainty * largestGain);
    }

    /** {@code Σ_k |sB_ok|·‖a_k‖} */
    private double lengths(int o) {
        double sum = 0;
        for (int k = 0; k < factors.b().columns(); k++) {
            sum += Math.abs(factors.b().at(o, k)) * Math.sqrt(factors.gramOfA().at(k, k));
        }
        return sum;
    }

    private static double rowInner(Matrix left, Matrix right, int row) {
        double sum = 0;
        for (int j = 0; j < left.columns(); j++) {
            sum += left.at(row, j) * right.at(row, j);
        }
        return sum;
    }
}

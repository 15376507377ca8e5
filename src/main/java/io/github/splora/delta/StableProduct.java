package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.ThinQr;

/**
 * A product {@code B·A} whose ranks do not cancel. A stranger can hide a delta behind ranks whose products add up to nothing but
 * are so long that sums over them lose every digit: {@code ‖BA‖²} from Gram matrices, or {@code ⟨V, BA⟩} in float32. So the
 * length of the ranks is compared with that of their sum,
 *
 * <pre>M = Σ_k ‖b_k‖·‖a_k‖,   ‖BA‖</pre>
 *
 * and where M is much larger, the product is written in other factors: with {@code Aᵀ = QR}, {@code BA = (B Rᵀ) Qᵀ}, in which
 * nothing cancels. What M can still hide is rounding, which is stated as an uncertainty.
 *
 * @param factors {@code BA}
 * @param uncertainty how far ‖BA‖ may be from the norm of what an engine adds that computes in float32; 0 where no ranks cancel
 */
record StableProduct(LowRank factors, double uncertainty) {

    /**
     * The least M/‖BA‖ at which ranks are said to cancel. Below, Gram matrices have an error of at most some 1e-11; trained
     * adapters have at most a few times √r.
     */
    private static final double CANCELLING = 256;
    /** Half the distance from 1 to the next float32. */
    private static final double FLOAT32_ROUNDING = 0x1p-24;

    /**
     * Returns the product in factors of the same rank.
     *
     * @param a A : [r, in]
     * @param b B : [out, r], including any scaling
     */
    static StableProduct of(Matrix a, Matrix b) {
        LowRank plain = new LowRank(a, b);
        double lengths = lengths(a, b);
        if (!(lengths > CANCELLING * plain.norm() && Double.isFinite(lengths))) {
            return new StableProduct(plain, 0);
        }
        return new StableProduct(recombined(a, b), FLOAT32_ROUNDING * lengths);
    }

    /** Returns the difference of two products, as certain as this one. */
    StableProduct minus(LowRank other) {
        LowRank difference = factors.minus(other);
        return new StableProduct(of(difference.a(), difference.b()).factors(), uncertainty);
    }

    /** {@code Σ_k ‖b_k‖·‖a_k‖}. */
    private static double lengths(Matrix a, Matrix b) {
        double[] ofB = b.squaredColumns();
        double sum = 0;
        for (int k = 0; k < a.rows(); k++) {
            double ofA = 0;
            for (int x = k * a.columns(); x < (k + 1) * a.columns(); x++) {
                ofA += a.values()[x] * a.values()[x];
            }
            sum += Math.sqrt(ofB[k]) * Math.sqrt(ofA);
        }
        return sum;
    }

    /** Returns {@code (B Rᵀ) Qᵀ}, padded with zeros to the same rank. */
    private static LowRank recombined(Matrix a, Matrix b) {
        ThinQr qr = ThinQr.of(a.transpose());
        Matrix q = qr.q();
        Matrix newB = b.times(qr.r().transpose());
        int missing = a.rows() - q.columns();
        return new LowRank(
                q.beside(Matrix.zeros(q.rows(), missing)).transpose(), newB.beside(Matrix.zeros(newB.rows(), missing)));
    }
}

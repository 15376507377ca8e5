package io.github.splora.correct;

import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;

/**
 * CSULoRA's soft correction. V's dominant subspaces L and R divide the delta into four blocks. The block inside both
 * subspaces is kept; each other block is scaled down according to how far its energy exceeds a reference energy:
 *
 * <pre>ΔW = LLᵀΔW RRᵀ + Σ_b ΔW_b,   ΔW_b := f_b ΔW_b,   f_b = E_ref/(E_ref + E_b),
 * E_b = ‖ΔW_b‖²,   E_ref = E_LR + 0.05·Σ E</pre>
 *
 * with {@code 1 − strength·(1 − f_b)} in place of f_b. The result has rank 2r and is truncated to rank r by a singular
 * value decomposition, for which only a core of {@code [2r, 2r]} is formed.
 *
 * <p>Source: CSULoRA, arXiv 2605.30640.
 *
 * @param energy share of ‖V‖² that the subspaces hold, in (0, 1]
 * @param strength from 0, which leaves the delta unchanged, to 1
 */
record Attenuation(double energy, double strength) implements CorrectionMethod {

    private static final double SHARE_OF_ALL = 0.05;

    @Override
    public boolean usesSpectrum() {
        return true;
    }

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        LowRank delta = subject.delta();
        return new SpectralCorrection(subject.spectrum(), energy) {
            @Override
            LowRank corrected(Subspaces v) {
                return attenuated(delta, v);
            }
        };
    }

    private LowRank attenuated(LowRank delta, Subspaces v) {
        Matrix insideA = v.ontoRight(delta.a());
        Matrix outsideA = delta.a().minus(insideA);
        Matrix insideB = v.ontoLeft(delta.b());
        Matrix outsideB = delta.b().minus(insideB);
        double kept = new LowRank(insideA, insideB).squaredNorm();
        double reference = kept + SHARE_OF_ALL * delta.squaredNorm();
        // [B_L, B_L̄] · [A_R + f A_R̄; f A_R + f A_R̄]: the factor that each half of B is multiplied by.
        Matrix forInsideB = insideA.plus(damped(outsideA, insideB, reference));
        Matrix forOutsideB = damped(insideA, outsideB, reference).plus(damped(outsideA, outsideB, reference));
        return new LowRank(forInsideB.above(forOutsideB), insideB.beside(outsideB))
                .truncated(delta.a().rows());
    }

    private Matrix damped(Matrix a, Matrix b, double reference) {
        double energyOfBlock = new LowRank(a, b).squaredNorm();
        double factor = reference == 0 ? 1 : reference / (reference + energyOfBlock);
        return a.scaledBy(1 - strength * (1 - factor));
    }
}

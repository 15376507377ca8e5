package io.github.splora.correct;

import io.github.splora.alignment.Spectrum;
import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;

/**
 * The opposite of a projection onto V's dominant subspaces: what the delta reads from where alignment reads, and writes
 * to where alignment writes, goes, so that what is learnt passes alignment by instead of working on it,
 *
 * <pre>A := A − strength·A R Rᵀ,   B := gain·(B − strength·L LᵀB)</pre>
 *
 * or, at full strength, {@code ΔW := gain·(I − LLᵀ) ΔW (I − RRᵀ)}. The gain makes up for what the new skill has lost.
 *
 * <p>A rule of this project, found and tried as docs/safety-study.md says.
 *
 * @param energy share of ‖V‖² that the subspaces hold
 * @param gain above 0
 */
record Deflation(double energy, double strength, double gain) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(LowRank delta, Spectrum spectrum) {
        return new SpectralCorrection(spectrum, energy) {
            @Override
            LowRank corrected(Subspaces v) {
                Matrix a = delta.a().minus(v.ontoRight(delta.a()).scaledBy(strength));
                Matrix b = delta.b().minus(v.ontoLeft(delta.b()).scaledBy(strength));
                return new LowRank(a, b.scaledBy(gain));
            }
        };
    }
}

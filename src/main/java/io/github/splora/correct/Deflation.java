package io.github.splora.correct;

import io.github.splora.alignment.Spectrum;
import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;

/**
 * The opposite of a projection onto V's dominant subspaces: removes the part of the delta that reads from where
 * alignment reads and the part that writes to where alignment writes, so that the fine-tune bypasses alignment instead
 * of acting on it:
 *
 * <pre>A := A − strength·A R Rᵀ,   B := gain·(B − strength·L LᵀB)</pre>
 *
 * At full strength this is {@code ΔW := gain·(I − LLᵀ) ΔW (I − RRᵀ)}. The gain makes up for lost task performance.
 *
 * <p>A rule of this project; docs/safety-study.md describes how it was found and tested.
 *
 * @param energy share of ‖V‖² that the subspaces hold, in (0, 1]
 * @param strength from 0, which removes nothing, to 1
 * @param gain factor that the result is multiplied by, above 0
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

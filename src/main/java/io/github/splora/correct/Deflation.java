package io.github.splora.correct;

import io.github.splora.alignment.Accuracy;
import io.github.splora.alignment.FilteredDelta;
import io.github.splora.alignment.FilteredFactors;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

/**
 * Weakens the part of the delta that reads from where alignment reads and the part that writes to where alignment writes, so
 * that the fine-tune bypasses alignment instead of acting on it:
 *
 * <pre>A := A f(VᵀV),   B := f(VVᵀ) B,   f(σ²) = 1/(1 + (σ²/μ)²)</pre>
 *
 * f is near 1 where V is weak and near 0 where V is strong; μ is where {@code Σ σ²(1 − f(σ²)) = energy·‖V‖²}. The delta gets
 * shorter; a {@link Gain} over the whole adapter makes up for lost task performance.
 *
 * <p>A rule of this project; docs/safety-study.md describes how it was found and tested. Projecting the left side alone, without
 * a gain, is published with a negative result (arXiv 2505.14185).
 *
 * @param energy share of ‖V‖² that the filter removes, between 0 and 1 exclusive
 * @param accuracy when the result is accurate enough
 */
record Deflation(double energy, Accuracy accuracy) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        KrylovSpaces spaces = subject.spaces();
        FilteredDelta delta =
                spaces.require(subject.delta().a(), subject.delta().b());
        spaces.requireFilter(energy);
        return new CorrectionWalk() {
            @Override
            public boolean ask(Pass pass) {
                return spaces.ask(pass);
            }

            @Override
            public LowRank corrected() {
                FilteredFactors factors = delta.factors(spaces.filter(energy));
                return new LowRank(factors.a(), factors.b());
            }
        };
    }

    @Override
    public boolean usesKrylovSpaces() {
        return true;
    }

    /** Measured on Gaussian matrices of 4096 × 4096 with the default accuracy; digits cost steps in proportion. */
    @Override
    public int steps() {
        int steps = energy <= 0.75 ? 13 : 21;
        return (int) Math.ceil(steps * Math.log(accuracy.tolerance()) / Math.log(Accuracy.DEFAULT.tolerance()));
    }
}

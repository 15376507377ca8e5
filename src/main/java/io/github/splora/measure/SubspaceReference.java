package io.github.splora.measure;

import io.github.splora.alignment.Spectrum;
import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.Delta;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Pass;

/**
 * Compares a module's delta with its true projection, which SafeLoRA's operator is often mistaken for. With L the
 * smallest set of V's left singular vectors that hold a given share of ‖V‖²:
 *
 * <pre>R = LLᵀ ΔW,   d = ‖R − ΔW‖_F</pre>
 *
 * A delta that writes where alignment does not has a large distance. This reference also computes how much of the delta
 * lies within both L and V's dominant right singular vectors, for the metric {@code overlap}.
 */
record SubspaceReference(ReferenceSettings settings) implements Reference {

    @Override
    public ReferenceWalk compare(Subject subject) {
        return new Walks(subject);
    }

    @Override
    public boolean usesSpectrum() {
        return true;
    }

    @Override
    public Comparison comparison(Sums sums) {
        double referenceNorm = Math.sqrt(sums.reference());
        return new Comparison(
                Math.sqrt(sums.difference()),
                Comparison.cosine(sums.inner(), referenceNorm, Math.sqrt(sums.delta())),
                referenceNorm,
                RandomDistance.ofSquare(sums.randomMean(), sums.randomVariance()),
                Math.min(1, Math.sqrt(sums.inside() / sums.delta())));
    }

    private final class Walks implements ReferenceWalk {

        private final Delta delta;
        private final double outFeatures;
        private final Spectrum spectrum;

        Walks(Subject subject) {
            this.delta = subject.delta();
            this.outFeatures = subject.outFeatures();
            this.spectrum = subject.spectrum();
            spectrum.require(settings.energy());
        }

        @Override
        public boolean ask(Pass pass) {
            boolean isAsked = delta.prepare(pass);
            return spectrum.ask(pass) || isAsked;
        }

        @Override
        public Sums sums() {
            LowRank factors = delta.lowRank().orElseThrow();
            Subspaces v = spectrum.dominant(settings.energy());
            Matrix projectedB = v.ontoLeft(factors.b());
            Matrix difference = projectedB.minus(factors.b());
            double squaredNorm = factors.squaredNorm();
            double reference = Math.max(0, factors.innerTimesA(projectedB, projectedB));
            // For a random direction u, 1 − ‖Lᵀu‖² follows a beta distribution.
            double k = v.dimension();
            double outside = 1 - k / outFeatures;
            double variance = 2 * k * (outFeatures - k) / (outFeatures * outFeatures * (outFeatures + 2));
            return new Sums(
                    squaredNorm,
                    spectrum.squaredNorm(),
                    reference,
                    reference,
                    Math.max(0, factors.innerTimesA(difference, difference)),
                    new LowRank(factors.a().times(v.right()), v.left().transposeTimes(factors.b())).squaredNorm(),
                    squaredNorm * outside,
                    variance * factors.varianceFactor(outFeatures));
        }
    }
}

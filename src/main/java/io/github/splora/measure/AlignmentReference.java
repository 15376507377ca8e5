package io.github.splora.measure;

import io.github.splora.delta.Delta;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Objects;

/**
 * Compares a module's delta with the alignment delta V itself, by direction:
 *
 * <pre>d = ‖ ΔW/‖ΔW‖ − V/‖V‖ ‖_F = √(2 − 2 cos(ΔW, V))</pre>
 *
 * A delta that opposes alignment has a large distance (up to 2), one that moves along with it a small distance, and an
 * unrelated one √2. It takes one walk, which computes the inner product of the delta with V.
 */
final class AlignmentReference implements Reference {

    @Override
    public ReferenceWalk compare(Subject subject) {
        return new OnePass(subject);
    }

    @Override
    public Comparison comparison(Sums sums) {
        double referenceNorm = Math.sqrt(sums.reference());
        // Called only if both norms are nonzero.
        double cosine = Objects.requireNonNull(Comparison.cosine(sums.inner(), Math.sqrt(sums.delta()), referenceNorm));
        return new Comparison(Math.sqrt(2 - 2 * cosine), cosine, referenceNorm, ofRandomDeltas(sums), null);
    }

    /** Uses that the cosine of a random delta has mean 0 and that d² = 2 − 2 cos. */
    private static RandomDistance ofRandomDeltas(Sums sums) {
        return RandomDistance.ofSquare(2, 4 * sums.randomVariance() / (sums.delta() * sums.alignment()));
    }

    private static final class OnePass implements ReferenceWalk {

        private final Delta delta;
        private final double elements;
        private Slot<Double> squaredAlignment;

        @SuppressWarnings("NullAway.Init") // ask() sets the rest before sums() reads it
        OnePass(Subject subject) {
            this.delta = subject.delta();
            this.elements = (double) subject.outFeatures() * subject.inFeatures();
        }

        @Override
        public boolean ask(Pass pass) {
            if (squaredAlignment != null) {
                return false;
            }
            if (!delta.prepare(pass)) {
                delta.ask(pass);
                squaredAlignment = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
            }
            return true;
        }

        @Override
        public Sums sums() {
            double alignment = squaredAlignment.get();
            double squaredNorm = delta.squaredNorm();
            return new Sums(
                    squaredNorm,
                    alignment,
                    alignment,
                    delta.innerWithAlignment(),
                    0,
                    0,
                    0,
                    squaredNorm * alignment / elements);
        }
    }
}

package io.github.splora.measure;

import io.github.splora.alignment.SafeLoraOperator;
import io.github.splora.delta.Delta;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.statistics.Center;
import io.github.splora.statistics.Spread;
import io.github.splora.tensor.Pass;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compares a module's delta with its image under SafeLoRA's operator, as SPLoRA's public code does:
 *
 * <pre>C = V Vᵀ/‖V‖_F : [out, out],   R = C ΔW,   d = ‖R − ΔW‖_F</pre>
 *
 * C is not a projection: its norm is σ_max(V)²/‖V‖_F, usually far below 1, so d is close to ‖ΔW‖. It takes two walks
 * and no {@code [out, out]} matrix: R = (CB)·A, with B scaled. If a weight consists of several matrices, each has its
 * own C, and the squares are added. The distance expected by chance is estimated from random directions in the same two
 * walks.
 *
 * @see SafeLoraOperator
 */
record SafeLoraReference(ReferenceSettings settings) implements Reference {

    /** Enough to estimate the moments to within a few percent. */
    private static final int RANDOM_DIRECTIONS = 128;

    @Override
    public ReferenceWalk compare(Subject subject) {
        return new TwoPasses(subject);
    }

    @Override
    public Comparison comparison(Sums sums) {
        double referenceNorm = Math.sqrt(sums.reference());
        return new Comparison(
                Math.sqrt(sums.difference()),
                Comparison.cosine(sums.inner(), referenceNorm, Math.sqrt(sums.delta())),
                referenceNorm,
                settings.isRandomWanted() ? RandomDistance.ofSquare(sums.randomMean(), sums.randomVariance()) : null,
                null);
    }

    private final class TwoPasses implements ReferenceWalk {

        private final Delta delta;
        private final int outFeatures;
        private LowRank factors;
        private SafeLoraOperator onB;
        private @Nullable Matrix directions;
        private @Nullable SafeLoraOperator onDirections;

        @SuppressWarnings("NullAway.Init") // ask() sets the rest before sums() reads it
        TwoPasses(Subject subject) {
            this.delta = subject.delta();
            this.outFeatures = Math.toIntExact(subject.outFeatures());
        }

        @Override
        public boolean ask(Pass pass) {
            if (factors == null) {
                if (delta.prepare(pass)) {
                    return true;
                }
                factors = delta.lowRank().orElseThrow();
                onB = new SafeLoraOperator(factors.b());
                if (settings.isRandomWanted()) {
                    directions = unitColumns(Matrix.random(outFeatures, RANDOM_DIRECTIONS, settings.seed()));
                    onDirections = new SafeLoraOperator(directions);
                }
            }
            boolean isAsked = onB.ask(pass);
            return (onDirections != null && onDirections.ask(pass)) || isAsked;
        }

        @Override
        public Sums sums() {
            double deltaSquared = factors.squaredNorm();
            Matrix projectedB = onB.image();
            Matrix difference = projectedB.minus(factors.b());
            double[] random = onDirections == null || directions == null
                    ? new double[2]
                    : ofRandomDeltas(onDirections, directions);
            return new Sums(
                    deltaSquared,
                    onB.squaredNorm(),
                    Math.max(0, factors.innerTimesA(projectedB, projectedB)),
                    factors.innerTimesA(projectedB, factors.b()),
                    Math.max(0, factors.innerTimesA(difference, difference)),
                    0,
                    random[0],
                    random[1]);
        }

        /**
         * Mean and variance of {@code ‖(C − I)ΔW‖²} = Σ s_i² q_i, where q_i = ‖(C − I)u_i‖² for random directions u_i.
         */
        private double[] ofRandomDeltas(SafeLoraOperator onDirections, Matrix directions) {
            double[] q = onDirections.image().minus(directions).squaredColumns();
            double[] sorted = Arrays.stream(q).sorted().toArray();
            double deviation = Spread.STD.of(sorted);
            return new double[] {
                factors.squaredNorm() * Center.MEAN.of(sorted),
                deviation * deviation * factors.varianceFactor(outFeatures)
            };
        }
    }

    private static Matrix unitColumns(Matrix matrix) {
        double[] factors = matrix.squaredColumns();
        for (int j = 0; j < factors.length; j++) {
            factors[j] = 1 / Math.sqrt(factors[j]);
        }
        return matrix.scaledColumns(factors);
    }
}

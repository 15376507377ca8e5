package io.github.splora.alignment;

import java.util.function.DoubleUnaryOperator;

/**
 * The filter {@code f(x) = 1/(1 + (x/μ)²)} on squared singular values {@code x = σ²} of V: near 1 where V is weak, near 0
 * where it is strong, 1/2 at μ.
 *
 * @param mu above 0; infinite where V is zero, so that nothing changes
 */
public record SmoothFilter(double mu) implements DoubleUnaryOperator {

    @Override
    public double applyAsDouble(double square) {
        double ratio = square / mu;
        return 1 / (1 + ratio * ratio);
    }

    /** Returns {@code σ²(1 − f(σ²))}, the part of σ² that the filter removes. */
    double removed(double square) {
        double ratio = square / mu;
        // Two forms, so that nothing is infinite over infinite where ratio² overflows.
        return ratio < 1 ? square * ratio * ratio / (1 + ratio * ratio) : square / (1 + 1 / (ratio * ratio));
    }
}

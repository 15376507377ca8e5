package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;

/**
 * A delta's factors after a filter f.
 *
 * @param a {@code A f(VᵀV) : [r, in]}
 * @param b {@code f(VVᵀ) B : [out, r]}
 */
public record FilteredFactors(Matrix a, Matrix b) {}

package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;

/**
 * The strongest singular triplets of V. {@code scaledLeft · rightᵀ = U_k Σ_k W_kᵀ} is V projected on k right singular vectors.
 * Columns beyond V's rank are zero.
 *
 * @param scaledLeft {@code U_k Σ_k : [out, k]}
 * @param squares {@code σ²}, largest first: k of them
 * @param right {@code W_k : [in, k]}, orthonormal
 */
public record Triplets(Matrix scaledLeft, double[] squares, Matrix right) {}

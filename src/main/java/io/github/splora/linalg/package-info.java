/**
 * Small dense matrices in float64, orthonormal bases, eigenvalues and singular values. Does not know where the matrices
 * come from.
 */
package io.github.splora.linalg;

/**
 * The vocabulary of a walk over weights: what a {@link io.github.splora.tensor.Pass} requests, the
 * {@link io.github.splora.tensor.Kernel} that computes it, and the blocks and buffers in between. Does not know how a
 * kernel computes, or what modules and scores are.
 */
package io.github.splora.tensor;

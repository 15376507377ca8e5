/**
 * DJL and PyTorch: starting the engine, its GPUs and native libraries, and the kernels that run on it. No other package
 * uses DJL, and this one does not know modules or scores.
 */
package io.github.splora.tensor.djl;

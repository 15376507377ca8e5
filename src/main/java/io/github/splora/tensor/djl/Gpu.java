package io.github.splora.tensor.djl;

/**
 * A GPU that the engine can use.
 *
 * @param number as in {@code gpu:N}
 * @param computeCapability as NVIDIA numbers its architectures, such as {@code 90}; absent where the engine cannot tell
 * @param memory in bytes; absent where the engine cannot tell
 */
public record Gpu(int number, String computeCapability, Long memory) {}

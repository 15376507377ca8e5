package io.github.splora.tensor.djl;

import org.jspecify.annotations.Nullable;

/**
 * A GPU that the engine can use.
 *
 * @param number the N in {@code gpu:N}
 * @param computeCapability NVIDIA's number for the architecture, such as {@code 90}; null if the engine cannot tell
 * @param memory total memory in bytes; null if the engine cannot tell
 */
public record Gpu(int number, @Nullable String computeCapability, @Nullable Long memory) {}

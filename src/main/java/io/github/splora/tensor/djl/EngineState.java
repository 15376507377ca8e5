package io.github.splora.tensor.djl;

import java.util.List;

/**
 * The engine, once it has started.
 *
 * @param name of it
 * @param version of libtorch
 * @param library the folder that libtorch was loaded from
 * @param isForeign whether {@code PYTORCH_LIBRARY_PATH} named that folder
 * @param hasCuda whether libtorch finds CUDA in working order; false for a library for CPUs
 * @param gpus that it can use
 */
public record EngineState(
        String name, String version, String library, boolean isForeign, boolean hasCuda, List<Gpu> gpus) {}

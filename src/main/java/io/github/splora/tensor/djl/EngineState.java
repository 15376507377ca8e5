package io.github.splora.tensor.djl;

import java.util.List;

/**
 * The state of the engine after it has started.
 *
 * @param name name of the engine
 * @param version version of libtorch
 * @param library the folder that libtorch was loaded from
 * @param isForeign whether {@code PYTORCH_LIBRARY_PATH} named that folder
 * @param hasCuda whether libtorch finds a working CUDA; false for a CPU build
 * @param gpus the GPUs that it can use
 */
public record EngineState(
        String name, String version, String library, boolean isForeign, boolean hasCuda, List<Gpu> gpus) {}

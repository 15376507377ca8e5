package io.github.splora.inspect;

import java.nio.file.Path;

/**
 * The model that an adapter's config names, on this machine.
 *
 * @param location its folder
 * @param isAligned whether it has the aligned model's weights
 * @param isBase whether it has the weights of the model before alignment; unknown without such a model
 */
record RecordedModel(Path location, WeightIdentity isAligned, WeightIdentity isBase) {}

package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;

/** Chooses the kind of layer that a module is on, from its tensors. */
final class LayerKinds {

    private static final LayerKind LINEAR = new LinearKind();
    private static final LayerKind EMBEDDING = new EmbeddingKind();

    private LayerKinds() {}

    /**
     * Returns the kind of a module's layer.
     *
     * @param onEmbedding whether its tensors have the names of an embedding's
     * @param onParameter whether {@code target_parameters} names it
     * @param rank the module's rank according to the config
     * @param loraA its A
     */
    static LayerKind of(boolean onEmbedding, boolean onParameter, int rank, StoredTensor loraA) {
        if (onParameter) {
            return new ParameterKind(rank);
        }
        if (onEmbedding) {
            return EMBEDDING;
        }
        int dimensions = loraA.shape().size();
        return dimensions >= 3 && dimensions <= 5 ? ConvolutionKind.of(loraA) : LINEAR;
    }
}

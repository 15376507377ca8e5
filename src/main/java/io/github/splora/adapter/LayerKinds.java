package io.github.splora.adapter;

import io.github.splora.storage.StoredTensor;

/** The one place where a module's tensors decide what kind of layer it is on. */
final class LayerKinds {

    private static final LayerKind LINEAR = new LinearKind();
    private static final LayerKind EMBEDDING = new EmbeddingKind();

    private LayerKinds() {}

    /**
     * The kind of a module.
     *
     * @param onEmbedding whether its tensors are named as those of an embedding
     * @param onParameter whether {@code target_parameters} names it
     * @param rank r that the config gives it
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

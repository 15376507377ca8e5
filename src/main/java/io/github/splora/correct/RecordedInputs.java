package io.github.splora.correct;

/** What was recorded of the inputs of a model's layers while it read some texts. Safe for use by several threads. */
public interface RecordedInputs {

    /**
     * Returns what a layer reads.
     *
     * @param module name of the layer
     * @param inFeatures number of its input features
     * @throws io.github.splora.error.BadInputException if its inputs were not recorded, or have another number of features
     */
    LayerInputs of(String module, int inFeatures);
}

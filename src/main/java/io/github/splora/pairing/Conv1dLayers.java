package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Determines from a checkpoint alone whether its linear layers are transformers' {@code Conv1D}, which stores weights as
 * {@code [in, out]}. An adapter cannot influence the answer.
 */
final class Conv1dLayers {

    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** Models whose biased layers are all {@code Conv1D} in transformers 5.18. */
    private static final Set<String> MODEL_TYPES = Set.of("gpt2", "openai-gpt", "imagegpt", "decision_transformer");

    private Conv1dLayers() {}

    /** Whether a layer may be a {@code Conv1D}, which always has a bias. */
    static boolean arePossibleIn(Checkpoint checkpoint) {
        return checkpoint.tensorNames().stream()
                .anyMatch(bias -> matrixOf(bias, checkpoint).isPresent());
    }

    /**
     * Returns whether the square weights of a checkpoint are transposed; empty if it does not show that. Biases, as long as
     * the output, decide if their weights are not square; if there are none of these, the type of model does.
     */
    static Optional<Boolean> areIn(Checkpoint checkpoint) {
        Set<Boolean> ways = new HashSet<>();
        for (String bias : checkpoint.tensorNames()) {
            matrixOf(bias, checkpoint).map(StoredTensor::shape).ifPresent(shape -> {
                List<Long> length = checkpoint.tensor(bias).shape();
                if (!shape.get(0).equals(shape.get(1)) && length.size() == 1 && shape.contains(length.get(0))) {
                    ways.add(shape.get(1).equals(length.get(0)));
                }
            });
        }
        if (!ways.isEmpty()) {
            return ways.size() == 1 ? Optional.of(ways.contains(true)) : Optional.empty();
        }
        return checkpoint
                .config()
                .map(config -> config.path("model_type").asText())
                .filter(type -> !type.isEmpty())
                .map(MODEL_TYPES::contains);
    }

    /** Returns the two-dimensional weight beside a bias; empty if the tensor is no such bias. */
    private static Optional<StoredTensor> matrixOf(String bias, Checkpoint checkpoint) {
        return Optional.of(bias)
                .filter(name -> name.endsWith(BIAS))
                .map(name -> name.substring(0, name.length() - BIAS.length()) + WEIGHT)
                .filter(checkpoint::contains)
                .map(checkpoint::tensor)
                .filter(weight -> weight.shape().size() == 2);
    }
}

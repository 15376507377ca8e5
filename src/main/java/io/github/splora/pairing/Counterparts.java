package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;

/** Finds the tensors of a checkpoint that correspond to tensors of a fine-tune, by name. */
public final class Counterparts {

    private static final String WEIGHT = ".weight";

    private final Checkpoint checkpoint;
    private final WeightNames names;

    public Counterparts(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.names = WeightNames.of(checkpoint);
    }

    /**
     * Returns the tensor that a model calls {@code name}; for a head without a tensor of its own, the embedding that it shares.
     *
     * @return empty if the checkpoint has none, or several that could be meant
     */
    public Optional<StoredTensor> of(String name) {
        List<String> found = names.named(name);
        if (found.size() == 1) {
            return Optional.of(checkpoint.tensor(found.get(0)));
        }
        return found.isEmpty() && name.endsWith(WEIGHT)
                ? TiedHead.embedding(name.substring(0, name.length() - WEIGHT.length()), names, checkpoint)
                : Optional.empty();
    }
}

package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;

/** A way in which checkpoints store a module's weight. Each implementation is one file, listed in {@link Layouts}. */
interface Layout {

    /**
     * Looks for a module's weight, by names alone.
     *
     * @param names the names of the checkpoint's tensors
     * @return all candidates; empty if the checkpoint does not store the weight in this way
     */
    List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint);
}

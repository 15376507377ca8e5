package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;

/** A way in which checkpoints store the weight of a module: one file, tried in {@link Layouts}. */
interface Layout {

    /**
     * Looks for a module's weight, by names alone.
     *
     * @param names of the checkpoint's tensors
     * @return everything that could be it; nothing if the checkpoint does not store it in this way
     */
    List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint);
}

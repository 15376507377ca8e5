package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;

/** Decides how a checkpoint stores a module's weight. */
final class Layouts {

    private static final List<Layout> IN_ORDER = List.of(
            new ModuleTensor(), new ParameterTensor(), new ExpertTensors(), new SliceOfExperts(), new TiedHead());

    private Layouts() {}

    /** Returns all candidates for the module's weight from the first layout that finds any. */
    static List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return IN_ORDER.stream()
                .map(layout -> layout.find(module, names, checkpoint))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}

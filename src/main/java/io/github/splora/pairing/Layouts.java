package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;

/** The one place where it is decided how a checkpoint stores a module's weight. */
final class Layouts {

    private static final List<Layout> IN_ORDER = List.of(
            new ModuleTensor(), new ParameterTensor(), new ExpertTensors(), new SliceOfExperts(), new TiedHead());

    private Layouts() {}

    /** Everything that could be the module's weight, in the first layout that finds any. */
    static List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return IN_ORDER.stream()
                .map(layout -> layout.find(module, names, checkpoint))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}

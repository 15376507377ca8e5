package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;

/** The tensor named after the module: {@code <module>.weight}. */
final class ModuleTensor implements Layout {

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return names.candidates(module.name()).stream()
                .map(name -> StoredWeight.of(checkpoint.tensor(name)))
                .toList();
    }
}

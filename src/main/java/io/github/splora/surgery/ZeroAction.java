package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sets B to zero and leaves the config unchanged: every client that loads the old adapter loads the new one, at the
 * same cost. For clients that cannot load an adapter with missing modules.
 */
final class ZeroAction implements Action {

    @Override
    public void requireApplicable(Adapter adapter) {
        PlainModules.require(adapter, "zeroing a module would not restore the aligned one");
    }

    @Override
    public Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected) {
        requireApplicable(adapter);
        InseparableModules.refuseTied(adapter, selected);
        Map<String, TensorSource> zeroed = adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .map(LoraModule::loraB)
                .collect(Collectors.toMap(StoredTensor::name, b -> new ZeroTensor(b.name(), b.dtype(), b.shape())));
        return Rewrite.replacing(adapter, zeroed);
    }
}

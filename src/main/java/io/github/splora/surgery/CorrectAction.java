package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.storage.TensorSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Replaces A and B by corrected factors and leaves the config unchanged: rank, scaling, types and names stay, so every
 * client that loads the old adapter loads the new one.
 */
final class CorrectAction implements Action {

    @Override
    public void requireApplicable(Adapter adapter) {
        PlainModules.require(adapter, "new factors would not determine everything that a module adds");
    }

    @Override
    public Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected) {
        requireApplicable(adapter);
        InseparableModules.refuseTied(adapter, selected);
        Map<String, TensorSource> replaced = new HashMap<>();
        adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .forEach(module -> {
                    CorrectedFactors factors = Objects.requireNonNull(corrected.get(module.name()));
                    replaced.put(module.loraA().name(), factors.a());
                    replaced.put(module.loraB().name(), factors.b());
                });
        return Rewrite.replacing(adapter, replaced);
    }
}

package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Plural;
import io.github.splora.select.Decision;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** NaN and infinite numbers in the part of an adapter that is neither scored nor selected, and would ship unnoticed. */
final class NonFinite {

    private NonFinite() {}

    /** Returns a sentence for each tensor with such numbers; scored modules have been checked already. */
    static List<String> warnings(Adapter adapter, List<Decision> decisions) {
        Set<String> known = new HashSet<>();
        decisions.stream()
                .filter(decision -> decision.prune() || decision.score().deltaNorm() != null)
                .forEach(decision -> known.add(decision.score().name()));
        Set<String> checked = new HashSet<>();
        for (LoraModule module : adapter.modules()) {
            if (known.contains(module.name())) {
                checked.addAll(module.tensorNames());
            }
        }
        return adapter.weights().tensors().values().stream()
                .filter(info -> DType.WEIGHTS.contains(info.dtype()) && !checked.contains(info.name()))
                .flatMap(info -> warning(new StoredTensor(adapter.weights(), info)).stream())
                .toList();
    }

    private static List<String> warning(StoredTensor tensor) {
        long count = Values.countNonFinite(tensor);
        return count == 0
                ? List.of()
                : List.of(TensorInfo.label(tensor.name()) + " has " + Plural.of(count, "NaN or infinite number")
                        + " and is not scored; a model with this adapter cannot work. If it belongs to a LoRA module,"
                        + " remove the module with prune --prune-module");
    }
}

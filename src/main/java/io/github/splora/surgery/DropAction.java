package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.ParameterNesting;
import io.github.splora.adapter.SavedTensor;
import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Omits the selected modules' tensors and rewrites the config so that no client builds those modules. With an unchanged
 * config PEFT would warn and, with {@code low_cpu_mem_usage}, compute with uninitialized memory.
 *
 * @param style how the config expresses the removal
 */
record DropAction(ConfigStyle style) implements Action {

    private static final String WRAPPING = ".base_layer";

    @Override
    public void requireApplicable(Adapter adapter) {
        // Suits every adapter that can be opened: a module that is not built cannot be built wrongly.
    }

    @Override
    public Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected) {
        List<LoraModule> kept = adapter.modules().stream()
                .filter(module -> !selected.contains(module.name()))
                .toList();
        if (kept.isEmpty()) {
            throw new BadInputException(
                    adapter.location(),
                    null,
                    null,
                    "every module would be removed, and PEFT rejects an adapter that targets nothing; ship the"
                            + " aligned model without an adapter, or use --action zero");
        }
        InseparableModules.refuseExperts(adapter, selected);
        InseparableModules.refuseTied(adapter, selected);
        return new Rewrite(config(adapter, kept, selected), tensors(adapter, kept, selected));
    }

    private Optional<ObjectNode> config(Adapter adapter, List<LoraModule> kept, Set<String> selected) {
        if (selected.isEmpty() && !ConfigRewrite.isNeeded(adapter.config(), style)) {
            return Optional.empty();
        }
        List<LoraModule> removed = adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .toList();
        ParameterRewrite parameters = new ParameterRewrite(adapter.config(), names(kept, true), names(removed, true));
        return Optional.of(
                new ConfigRewrite(adapter.config(), names(kept, false), names(removed, false), parameters).in(style));
    }

    private static List<String> names(List<LoraModule> modules, boolean onParameter) {
        return modules.stream()
                .filter(module -> module.kind().onParameter() == onParameter)
                .map(LoraModule::name)
                .toList();
    }

    private static List<TensorSource> tensors(Adapter adapter, List<LoraModule> kept, Set<String> selected) {
        Set<String> dropped = new HashSet<>();
        Map<String, String> renamed = new HashMap<>(ParameterNesting.renamed(kept));
        adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .forEach(module -> {
                    dropped.addAll(module.tensorNames());
                    module.savedWeight().ifPresent(weight -> renamed.put(weight.name(), unwrappedName(weight.name())));
                });
        dropped.addAll(wholeTensors(adapter, selected));
        TensorFile weights = adapter.weights();
        return weights.tensors().values().stream()
                .filter(info -> !dropped.contains(info.name()))
                .map(info -> TensorSource.copyOf(weights, info, renamed.getOrDefault(info.name(), info.name())))
                .toList();
    }

    /**
     * Returns the tensors that would replace the weight or bias of a removed module, which has to be the aligned one again. A
     * wrapped layer ignores tensors under its own name, so they would take effect only now. Embeddings and heads keep theirs:
     * the vocabulary may have been resized.
     */
    private static Set<String> wholeTensors(Adapter adapter, Set<String> selected) {
        Set<String> replaced = adapter.modules().stream()
                .filter(module -> selected.contains(module.name()) && !module.hasVocabulary())
                .flatMap(module -> Stream.of(module.name() + ".weight", module.name() + ".bias"))
                .collect(Collectors.toSet());
        return SavedTensor.of(adapter).stream()
                .filter(saved -> saved.role() == SavedTensor.Role.REPLACES && replaced.contains(saved.name()))
                .map(saved -> saved.tensor().name())
                .collect(Collectors.toSet());
    }

    /**
     * Returns a tensor's name without the wrapper: a layer that is no longer wrapped stores its weight under its own
     * name.
     */
    private static String unwrappedName(String tensorName) {
        int wrapping = tensorName.lastIndexOf(WRAPPING);
        return tensorName.substring(0, wrapping) + tensorName.substring(wrapping + WRAPPING.length());
    }
}

package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;
import java.util.Map;

/**
 * A parameter's tensor, whose name does not end in {@code .weight}. Since transformers 5, stacks of experts are stored
 * this way. Some models have always stacked their experts, under model-specific names.
 */
final class ParameterTensor implements Layout {

    /** Parameter suffix to tensor suffixes, for Aria and GraniteMoE. */
    private static final Map<String, List<String>> OTHER_NAMES = Map.of(
            ".experts.gate_up_proj", List.of(".experts.fc1.weight", ".input_linear.weight"),
            ".experts.down_proj", List.of(".experts.fc2.weight", ".output_linear.weight"));

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return tensors(module.name(), names).stream()
                .map(name -> StoredWeight.of(checkpoint.tensor(name)))
                .toList();
    }

    /** Returns the tensors that could be the parameter. */
    static List<String> tensors(String parameter, WeightNames names) {
        List<String> own = names.named(parameter);
        if (!own.isEmpty()) {
            return own;
        }
        return OTHER_NAMES.entrySet().stream()
                .filter(entry -> parameter.endsWith(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream()
                        .map(end -> parameter.substring(
                                        0, parameter.length() - entry.getKey().length())
                                + end))
                .flatMap(name -> names.named(name).stream())
                .toList();
    }
}

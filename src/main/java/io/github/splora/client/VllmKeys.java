package io.github.splora.client;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import java.util.List;
import java.util.Optional;

/**
 * Checks that vLLM finds a module of the model for every module of an adapter. It looks up the model's modules among the
 * adapter's, and says nothing about those that are left over.
 */
final class VllmKeys {

    private static final String KEY_PREFIX = "base_model.model.";
    private static final String LANGUAGE_MODEL = "language_model.";
    private static final String WEIGHT = ".weight";

    private VllmKeys() {}

    /** Returns a problem for each module whose name in vLLM is not that of its weight. */
    static List<Problem> problems(AdapterContent content, ModelLayers model, VllmNames names) {
        ProblemList problems = new ProblemList();
        for (LoraModule module : content.modules()) {
            Optional.ofNullable(model.weights().get(module.name()))
                    .flatMap(tensor -> onDisk(module.name(), tensor))
                    .filter(stored -> !names.inVllm(stored).equals(names.inVllm(module.name())))
                    .ifPresent(stored -> problems.add(
                            "names",
                            new Problem(
                                    content.weights().toString(),
                                    "module '" + module.name() + "'",
                                    null,
                                    explanation(names.inVllm(module.name()), names.inVllm(stored), stored))));
        }
        return problems.toList(content.modules().size(), "module");
    }

    /**
     * Returns a module's name as the checkpoint spells it: the block is that of the weight, the rest that of the module, since a
     * weight's own name may differ there without being another module.
     */
    private static Optional<String> onDisk(String module, String tensor) {
        String weight = tensor.endsWith(WEIGHT) ? tensor.substring(0, tensor.length() - WEIGHT.length()) : tensor;
        Optional<Block> ofModule = Block.of(module);
        Optional<Block> ofWeight = Block.of(tensor);
        if (ofModule.isPresent() && ofWeight.isPresent()) {
            return Optional.of(ofWeight.get().path()
                    + module.substring(ofModule.get().path().length()));
        }
        // A tied head has the embedding's weight.
        return last(module).equals(last(weight)) ? Optional.of(weight) : Optional.empty();
    }

    private static String explanation(String read, String needed, String stored) {
        boolean isTextName = needed.equals(LANGUAGE_MODEL + read);
        return "vLLM " + (isTextName ? "up to 0.32 " : "")
                + "ignores this module without a message: it reads the key as '"
                + read + "', but its model has '" + needed + "'; rename the key to '" + KEY_PREFIX + stored + "…'"
                + (isTextName ? ", or serve the adapter with vLLM 0.33 or newer" : "");
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}

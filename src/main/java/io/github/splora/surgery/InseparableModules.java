package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.BadInputException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Modules that PEFT loads only together with others, and rejects or corrupts if one is missing. */
final class InseparableModules {

    private static final Pattern LAYER_OF_EXPERT = Pattern.compile(".*\\.experts\\.\\d+\\.[^.]+", Pattern.DOTALL);

    private InseparableModules() {}

    /**
     * Rejects a single expert's layer, as found in adapters made with transformers 4. Transformers 5 stacks the
     * experts; PEFT then combines all of one kind into one pair of factors, regardless of {@code exclude_modules}.
     *
     * @throws BadInputException if one is selected
     */
    static void refuseExperts(Adapter adapter, Set<String> selected) {
        selected.stream()
                .filter(name -> LAYER_OF_EXPERT.matcher(name).matches())
                .sorted(LoraModule.NATURAL_ORDER)
                .findFirst()
                .ifPresent(name -> {
                    throw new BadInputException(
                            adapter.location(),
                            "module '" + name + "'",
                            null,
                            "transformers 5 stacks the"
                                    + " experts of a layer, and PEFT cannot load an adapter that lacks one of them; use --action zero");
                });
    }

    /** Whether an embedding and its head have the same factors. */
    static boolean areTied(Adapter adapter) {
        return adapter.config().tiesWeights()
                && adapter.modules().stream().filter(LoraModule::hasVocabulary).count() > 1;
    }

    /**
     * Rejects an embedding or its head if their factors are tied ({@code ensure_weight_tying}): PEFT builds both or
     * neither.
     *
     * @throws BadInputException if one is selected
     */
    static void refuseTied(Adapter adapter, Set<String> selected) {
        if (!adapter.config().tiesWeights()) {
            return;
        }
        List<String> tied = adapter.modules().stream()
                .filter(LoraModule::hasVocabulary)
                .map(LoraModule::name)
                .toList();
        if (tied.size() > 1 && tied.stream().anyMatch(selected::contains)) {
            throw new BadInputException(
                    adapter.config().file(),
                    "ensure_weight_tying",
                    "true",
                    "the factors of " + tied
                            + " are shared, and PEFT cannot load them separately; leave these modules out with"
                            + " --exclude");
        }
    }
}

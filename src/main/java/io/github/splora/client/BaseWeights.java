package io.github.splora.client;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.Problem;
import java.util.List;

/** The rule on initializations (PiSSA, OLoRA, CorDA, …) for which PEFT changes the base weights on loading. */
final class BaseWeights {

    private BaseWeights() {}

    /** Returns a problem if PEFT changes the base weights for this adapter, since no other client does. */
    static List<Problem> unchanged(String client, AdapterContent content) {
        AdapterConfig config = content.config();
        return !config.initialization().changesBaseWeights()
                ? List.of()
                : List.of(new Problem(
                        config.file().toString(),
                        "init_lora_weights",
                        config.initLoraWeights(),
                        "PEFT changes the base weights when it loads this adapter, but " + client
                                + " does not; convert it with PEFT's path_initial_model_for_weight_conversion first"));
    }
}

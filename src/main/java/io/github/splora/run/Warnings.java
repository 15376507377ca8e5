package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.Initialization;
import java.util.ArrayList;
import java.util.List;

/** What a reader of the scores must know of an adapter beyond the numbers. */
final class Warnings {

    private Warnings() {}

    static List<String> of(Adapter adapter) {
        AdapterConfig config = adapter.config();
        List<String> warnings = new ArrayList<>();
        if (config.initialization() == Initialization.UNKNOWN) {
            warnings.add(
                    "init_lora_weights '" + config.initLoraWeights() + "': loading the adapter also changes the base"
                            + " weights, so what a module adds is not s*BA alone; its score describes s*BA");
        }
        if (config.initLoraWeights().equals("lora_ga")) {
            warnings.add(
                    "init_lora_weights 'lora_ga': training changed the base weights, which loading does not repeat; scores"
                            + " describe s*BA, which is right if --aligned is the model that training left");
        }
        return warnings;
    }
}

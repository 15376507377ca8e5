package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.Initialization;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ClientKind;
import io.github.splora.surgery.Rewrite;
import java.util.ArrayList;
import java.util.List;

/** Warnings that readers of an adapter's scores need. */
final class Warnings {

    private Warnings() {}

    /**
     * What a reader of a changed adapter must know besides.
     *
     * @param content what it becomes
     */
    static List<String> of(Adapter adapter, Rewrite rewrite, AdapterContent content, ClientKind client) {
        List<String> warnings = new ArrayList<>(of(adapter));
        if (rewrite.config().isPresent()
                && content.config().rank() > adapter.config().rank()) {
            warnings.addAll(client.client().requirements(content));
        }
        return warnings;
    }

    static List<String> of(Adapter adapter) {
        AdapterConfig config = adapter.config();
        List<String> warnings = new ArrayList<>();
        if (config.initialization() == Initialization.UNKNOWN) {
            warnings.add(
                    "init_lora_weights '" + config.initLoraWeights() + "': loading the adapter also changes the base"
                            + " weights, so a module adds more than s*BA; its score describes only s*BA");
        }
        if (config.initLoraWeights().equals("lora_ga")) {
            warnings.add(
                    "init_lora_weights 'lora_ga': training changed the base weights, and loading does not repeat that;"
                            + " scores describe s*BA, which is right only if --aligned is the model as training changed it");
        }
        return warnings;
    }
}

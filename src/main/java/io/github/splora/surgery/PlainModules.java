package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;

/** Adapters whose modules add s·BA to a weight and nothing else, so that new factors are a new delta. */
final class PlainModules {

    private PlainModules() {}

    /**
     * Refuses all others.
     *
     * @param consequence what changed factors would lead to, after "so"
     * @throws BadInputException naming what else a module adds
     */
    static void require(Adapter adapter, String consequence) {
        AdapterConfig config = adapter.config();
        String remedy = ", so " + consequence + "; use --action drop";
        if (config.initialisation().changesBaseWeights()) {
            throw new BadInputException(
                    config.file(),
                    "init_lora_weights",
                    config.initLoraWeights(),
                    "loading this adapter changes the base weights of all its modules" + remedy);
        }
        if (config.usesDora()) {
            throw new BadInputException(
                    config.file(), "use_dora", "true", "a DoRA module keeps its trained magnitudes" + remedy);
        }
        if (!config.bias().equals("none")) {
            throw new BadInputException(
                    config.file(), "bias", config.bias(), "the modules' biases were trained along and stay" + remedy);
        }
        if (config.loraBias()) {
            throw new BadInputException(
                    config.file(), "lora_bias", "true", "B has a bias of its own that stays" + remedy);
        }
    }
}

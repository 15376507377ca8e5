package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;

/** Checks that an adapter's modules add only s·BA to a weight, so that new factors fully determine the new delta. */
final class PlainModules {

    private PlainModules() {}

    /**
     * Rejects all other adapters.
     *
     * @param consequence a clause that follows "so": the effect of changing factors
     * @throws BadInputException naming what else a module changes
     */
    static void require(Adapter adapter, String consequence) {
        AdapterConfig config = adapter.config();
        String remedy = ", so " + consequence + "; use --action drop";
        if (config.initialization().changesBaseWeights()) {
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
                    config.file(), "bias", config.bias(), "the modules' biases were also trained and stay" + remedy);
        }
        if (config.loraBias()) {
            throw new BadInputException(config.file(), "lora_bias", "true", "B has a bias that stays" + remedy);
        }
    }
}

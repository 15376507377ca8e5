package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/** Together AI: takes an archive with {@code adapter_config.json} and {@code adapter_model.safetensors} at its root. */
final class TogetherClient extends HostedClient {

    @Override
    public String title() {
        return "Together";
    }

    @Override
    public boolean takesArchive() {
        return true;
    }

    @Override
    List<Problem> documented(AdapterContent content) {
        return List.of();
    }
}

package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/** Baseten's Engine-Builder (TensorRT-LLM): all adapters of a deployment have the same rank and the same target modules. */
final class BasetenClient extends HostedClient {

    @Override
    public String title() {
        return "Baseten";
    }

    @Override
    public boolean keepsRank() {
        return true;
    }

    @Override
    public String whyEveryModule() {
        return "requires the same modules of all adapters of a deployment";
    }

    @Override
    List<Problem> documented(AdapterContent content) {
        return List.of();
    }
}

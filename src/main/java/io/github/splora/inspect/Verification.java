package io.github.splora.inspect;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ClientKind;
import io.github.splora.client.ModelLayers;
import io.github.splora.error.Problem;
import io.github.splora.pairing.ModulePairing;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Checks, from headers and configs alone, whether clients would load an adapter as intended and without warnings. */
public final class Verification {

    private Verification() {}

    /** Returns the problems that any of the clients has with the adapter itself. */
    public static List<Problem> problems(Adapter adapter, Collection<ClientKind> clients) {
        AdapterContent content = AdapterContent.of(adapter);
        return clients.stream()
                .flatMap(each -> each.client().problems(content).stream())
                .toList();
    }

    /**
     * Returns the mismatches between an adapter and a checkpoint, and the problems that each client has with the pair.
     */
    public static List<Problem> problems(Adapter adapter, Checkpoint aligned, Collection<ClientKind> clients) {
        AdapterContent content = AdapterContent.of(adapter);
        ModelLayers model = ModelLayers.of(aligned, adapter.modules());
        return Stream.concat(
                        ModulePairing.problems(adapter.modules(), adapter.config(), aligned).stream(),
                        clients.stream().flatMap(each -> each.client().problems(content, model).stream()))
                .toList();
    }
}

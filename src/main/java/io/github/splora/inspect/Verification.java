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

/** Would clients load this adapter without a warning and as it is meant? From headers and configs alone. */
public final class Verification {

    private Verification() {}

    /** What is wrong with the adapter by itself for any of the clients. */
    public static List<Problem> problems(Adapter adapter, Collection<ClientKind> clients) {
        AdapterContent content = AdapterContent.of(adapter);
        return clients.stream()
                .flatMap(each -> each.client().problems(content).stream())
                .toList();
    }

    /** What keeps the adapter from fitting a checkpoint, whatever the client, and what each would stumble over there. */
    public static List<Problem> problems(Adapter adapter, Checkpoint aligned, Collection<ClientKind> clients) {
        AdapterContent content = AdapterContent.of(adapter);
        ModelLayers model = ModelLayers.of(aligned, adapter.modules());
        return Stream.concat(
                        ModulePairing.problems(adapter.modules(), adapter.config(), aligned).stream(),
                        clients.stream().flatMap(each -> each.client().problems(content, model).stream()))
                .toList();
    }
}

package io.github.splora.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ClientKind;
import io.github.splora.client.ModelLayers;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Checks whether clients would load an adapter as intended and without warnings. */
public final class Verification {

    private Verification() {}

    /** Returns the problems that any of the clients has with the adapter itself. */
    public static List<Problem> problems(Adapter adapter, Collection<ClientKind> clients) {
        AdapterContent content = AdapterContent.of(adapter);
        return clients.stream()
                .flatMap(each -> each.client().problems(content).stream())
                .toList();
    }

    /** Returns a problem if the config names another base model than the one that is served. */
    public static List<Problem> servedModel(Adapter adapter, String name) {
        JsonNode base = adapter.config().toJson().path("base_model_name_or_path");
        return base.isTextual() && base.textValue().equals(name)
                ? List.of()
                : List.of(new Problem(
                        adapter.config().file().toString(),
                        "base_model_name_or_path",
                        base.isMissingNode() ? "(absent)" : base.toString(),
                        "vLLM's resolvers load the adapter only if this equals the served model's name, '" + name
                                + "'; splora prune --base-name writes it"));
    }

    /** Returns a problem for each tensor of the adapter with NaN or infinite numbers; reads all of the adapter. */
    public static List<Problem> values(Adapter adapter) {
        ProblemList problems = new ProblemList();
        Map<String, String> moduleOf = new HashMap<>();
        adapter.modules()
                .forEach(module -> module.tensorNames().forEach(tensor -> moduleOf.put(tensor, module.name())));
        for (TensorInfo info : adapter.weights().tensors().values()) {
            long count = DType.WEIGHTS.contains(info.dtype())
                    ? Values.countNonFinite(new StoredTensor(adapter.weights(), info))
                    : 0;
            if (count > 0) {
                String module = moduleOf.get(info.name());
                problems.add(new Problem(
                        adapter.weights().path().toString(),
                        (module == null ? "" : "module '" + module + "', ") + TensorInfo.label(info.name()),
                        count + " NaN or infinite",
                        "a model with this adapter cannot work; check how it was trained, or remove the module with"
                                + " splora prune --prune-module"));
            }
        }
        return problems.toList(adapter.weights().tensors().size(), "tensor");
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

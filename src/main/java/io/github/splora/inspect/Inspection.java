package io.github.splora.inspect;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The contents of an adapter or a checkpoint, from headers alone.
 *
 * @param kind {@code adapter} or {@code checkpoint}
 * @param path its location
 * @param facts facts about it as a whole, by name, in display order
 * @param modules an adapter's LoRA modules; empty for a checkpoint
 * @param tensors a checkpoint's tensors, or an adapter's tensors that belong to no LoRA module
 */
public record Inspection(
        String kind, String path, Map<String, Object> facts, List<Module> modules, List<Tensor> tensors) {

    /** A LoRA module; its shape is {@code [out, in]} or {@code [experts, out, in]}. */
    public record Module(String name, List<Long> shape, long rank, double scaling, String dtype) {}

    /** A tensor. */
    public record Tensor(String name, List<Long> shape, String dtype, long bytes) {}

    /** Inspects the adapter or checkpoint at {@code location}. */
    public static Inspection of(Path location) {
        return Adapter.isAt(location) ? ofAdapter(location) : ofCheckpoint(location);
    }

    private static Inspection ofAdapter(Path location) {
        try (Adapter adapter = Adapter.open(location)) {
            AdapterConfig config = adapter.config();
            Map<String, Object> facts = new LinkedHashMap<>();
            for (String field : List.of(
                    "base_model_name_or_path",
                    "peft_type",
                    "r",
                    "lora_alpha",
                    "use_rslora",
                    "fan_in_fan_out",
                    "init_lora_weights",
                    "target_modules",
                    "exclude_modules",
                    "target_parameters",
                    "modules_to_save")) {
                facts.put(field, config.toJson().get(field));
            }
            facts.put("modules", adapter.modules().size());
            facts.putAll(sizes(List.of(adapter.weights())));
            Set<String> loraTensors = new HashSet<>();
            adapter.modules().forEach(module -> loraTensors.addAll(module.tensorNames()));
            return new Inspection(
                    "adapter",
                    location.toString(),
                    facts,
                    adapter.modules().stream().map(Inspection::module).toList(),
                    adapter.weights().tensors().values().stream()
                            .filter(info -> !loraTensors.contains(info.name()))
                            .map(Inspection::tensor)
                            .toList());
        }
    }

    private static Inspection ofCheckpoint(Path location) {
        try (Checkpoint checkpoint = Checkpoint.open(location)) {
            List<TensorFile> shards =
                    checkpoint.shards().stream().map(checkpoint::shard).toList();
            Map<String, Object> facts = new LinkedHashMap<>();
            checkpoint.config().ifPresent(config -> facts.put("model_type", config.get("model_type")));
            facts.put("shards", shards.size());
            facts.putAll(sizes(shards));
            return new Inspection(
                    "checkpoint",
                    location.toString(),
                    facts,
                    List.of(),
                    checkpoint.tensorNames().stream()
                            .map(name -> tensor(checkpoint.tensor(name).info()))
                            .toList());
        }
    }

    private static Map<String, Object> sizes(List<TensorFile> files) {
        List<TensorInfo> tensors = new ArrayList<>();
        files.forEach(file -> tensors.addAll(file.tensors().values()));
        Map<String, Long> dtypes = new TreeMap<>();
        tensors.forEach(info -> dtypes.merge(info.dtype().toString(), 1L, Long::sum));
        Map<String, Object> sizes = new LinkedHashMap<>();
        sizes.put("tensors", tensors.size());
        sizes.put(
                "parameters",
                tensors.stream().mapToLong(TensorInfo::elementCount).sum());
        sizes.put("bytes", tensors.stream().mapToLong(TensorInfo::byteLength).sum());
        sizes.put("dtypes", dtypes);
        return sizes;
    }

    private static Module module(LoraModule module) {
        return new Module(
                module.name(),
                module.shape(),
                module.rank(),
                module.scaling(),
                module.loraA().dtype().toString());
    }

    private static Tensor tensor(TensorInfo info) {
        return new Tensor(info.name(), info.shape(), info.dtype().toString(), info.byteLength());
    }
}

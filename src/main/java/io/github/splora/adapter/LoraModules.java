package io.github.splora.adapter;

import io.github.splora.adapter.AdapterKey.Part;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Excerpt;
import io.github.splora.error.Plural;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Assembles the tensors of an adapter file into modules and reports everything that does not fit. */
final class LoraModules {

    /** Where PEFT keeps the factors of the output projection of nn.MultiheadAttention. */
    private static final String OUT_PROJECTION = ".base_layer.out_proj";

    private final TensorFile weights;
    private final AdapterConfig config;
    private final Set<String> parameters = new HashSet<>();
    private final ProblemList problems = new ProblemList();

    private LoraModules(TensorFile weights, AdapterConfig config) {
        this.weights = weights;
        this.config = config;
    }

    /**
     * @return the file's modules in natural order
     * @throws BadInputException with every problem found
     */
    static List<LoraModule> of(TensorFile weights, AdapterConfig config) {
        return new LoraModules(weights, config).collect();
    }

    private List<LoraModule> collect() {
        refusePartitions();
        Map<String, Map<String, AdapterKey>> tensorsByModule = new TreeMap<>(TunedModule.NATURAL_ORDER);
        Map<String, AdapterKey> savedBeside = new TreeMap<>();
        Set<String> adapterNames = new TreeSet<>();
        for (String tensorName : weights.tensors().keySet()) {
            AdapterKey key = AdapterKey.parse(tensorName);
            if (key.isOfDelta()) {
                tensorsByModule
                        .computeIfAbsent(key.module(), m -> new TreeMap<>())
                        .put(tensorName, key);
                adapterNames.add(key.adapterName());
            } else if (key.part() != Part.OTHER) {
                savedBeside.put(tensorName, key);
            }
        }
        savedBeside.forEach((tensorName, key) -> Optional.ofNullable(tensorsByModule.get(key.module()))
                .ifPresent(tensors -> tensors.put(tensorName, key)));
        if (adapterNames.size() > 1) {
            problem(null, adapterNames, "the file mixes several adapters; save each one separately");
        }
        refuseMultiheadAttention(tensorsByModule.keySet());
        nameParameters(tensorsByModule);
        List<LoraModule> modules = new ArrayList<>();
        tensorsByModule.forEach((name, tensors) -> {
            LoraModule module = module(name, tensors);
            if (module != null) {
                modules.add(module);
            }
        });
        if (modules.isEmpty() && problems.isEmpty()) {
            problem(null, null, "no lora_A and lora_B tensors here; this is not a LoRA adapter");
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems.toList(weights.tensors().size(), "tensor"));
        }
        return List.copyOf(modules);
    }

    /** Refuses a file of DeepSpeed ZeRO-3, in which a tensor of shape [0] stands for a part on another rank. */
    private void refusePartitions() {
        List<StoredTensor> empty = weights.tensors().keySet().stream()
                .filter(name -> AdapterKey.parse(name).isOfDelta())
                .map(name -> new StoredTensor(weights, weights.tensor(name)))
                .filter(tensor -> tensor.shape().equals(List.of(0L)))
                .toList();
        if (!empty.isEmpty()) {
            throw new BadInputException(
                    weights.path(),
                    Plural.share(empty.size(), weights.tensors().size(), "tensor") + ", for example '"
                            + empty.get(0).name() + "', shape",
                    empty.get(0).shape(),
                    "has no elements: this is one rank's partition of DeepSpeed ZeRO-3; save the adapter with the weights"
                            + " gathered (stage3_gather_16bit_weights_on_model_save), or take its lora_ tensors from the"
                            + " file that zero_to_fp32.py writes");
        }
    }

    /** Refuses nn.MultiheadAttention, which PEFT wraps as one module with two pairs of factors and one fused weight. */
    private void refuseMultiheadAttention(Set<String> paths) {
        List<String> attentions =
                paths.stream().filter(path -> path.endsWith(OUT_PROJECTION)).toList();
        if (!attentions.isEmpty()) {
            String first = attentions.get(0);
            throw new BadInputException(
                    weights.path(),
                    Plural.of(attentions.size(), "module") + ", for example '"
                            + first.substring(0, first.length() - OUT_PROJECTION.length()) + "'",
                    null,
                    "LoRA on nn.MultiheadAttention cannot be scored: PEFT wraps its fused input projection and its output"
                            + " projection together; merge the adapter into its model and pass the merged checkpoint with"
                            + " --adapted");
        }
    }

    /** Replaces the path of the wrapper that holds a parameter's factors by the parameter's name. */
    private void nameParameters(Map<String, Map<String, AdapterKey>> tensorsByModule) {
        ParameterNesting.parameters(
                        List.copyOf(tensorsByModule.keySet()), config.targetParameters(), (module, explanation) -> {
                            problem("module '" + module + "'", null, explanation);
                            tensorsByModule.keySet().removeIf(path -> ParameterNesting.moduleOf(path)
                                    .equals(module));
                        })
                .forEach((path, parameter) -> {
                    tensorsByModule.put(parameter, tensorsByModule.remove(path));
                    parameters.add(parameter);
                });
    }

    /** Returns the module, or null after recording a problem if its tensors do not form one. */
    private @Nullable LoraModule module(String name, Map<String, AdapterKey> tensors) {
        Map<Part, StoredTensor> parts = new EnumMap<>(Part.class);
        tensors.forEach((tensorName, key) -> {
            StoredTensor tensor = new StoredTensor(weights, weights.tensor(tensorName));
            StoredTensor earlier = parts.put(key.part(), tensor);
            if (earlier != null) {
                problem(
                        "tensor '" + tensor.name() + "'",
                        null,
                        "the same matrix is stored twice, also as '" + earlier.name() + "'");
            }
        });
        boolean onParameter = parameters.contains(name);
        boolean onEmbedding = parts.containsKey(Part.EMBEDDING_A) || parts.containsKey(Part.EMBEDDING_B);
        StoredTensor loraA = parts.get(onEmbedding ? Part.EMBEDDING_A : Part.LORA_A);
        StoredTensor loraB = parts.get(onEmbedding ? Part.EMBEDDING_B : Part.LORA_B);
        StoredTensor magnitude = parts.get(Part.MAGNITUDE);
        if (loraA == null || loraB == null) {
            problem("module '" + name + "'", null, "has " + (loraA == null ? "no lora_A" : "no lora_B"));
            return null;
        }
        if (ParameterNesting.isNested(name)) {
            reject(
                    loraA,
                    "has the name of a parameter's factor, but target_parameters in " + AdapterConfig.FILE_NAME
                            + " lists no parameter of that module");
            return null;
        }
        LayerKind kind = LayerKinds.of(onEmbedding, onParameter, config.rankOf(name), loraA);
        if (!fits(name, kind, loraA, loraB) || !fitsMagnitude(kind, loraA, loraB, magnitude)) {
            return null;
        }
        StoredTensor savedWeight = parts.get(Part.BASE_WEIGHT);
        return new LoraModule(
                name,
                kind,
                loraA,
                loraB,
                config.scalingOf(name),
                Optional.ofNullable(magnitude),
                kind.canBeginWithWeight() ? config.initialization() : Initialization.PLAIN,
                tensors.keySet().stream()
                        .filter(t -> savedWeight == null || !t.equals(savedWeight.name()))
                        .toList(),
                Optional.ofNullable(savedWeight));
    }

    private boolean fits(String name, LayerKind kind, StoredTensor loraA, StoredTensor loraB) {
        int before = problems.size();
        for (StoredTensor tensor : List.of(loraA, loraB)) {
            if (tensor.shape().contains(0L)) {
                reject(tensor, "has no elements");
            } else {
                checkDType(tensor);
            }
        }
        if (problems.size() == before) {
            kind.misfit(loraA, loraB).ifPresent(misfit -> reject(misfit.tensor(), misfit.explanation()));
        }
        if (problems.size() == before) {
            int matrices = kind.dimensions(loraA, loraB).matrices();
            checkRank(name, loraA.info(), loraA.shape().get(0) / matrices);
            checkRank(name, loraB.info(), loraB.shape().get(1) / matrices);
        }
        return problems.size() == before;
    }

    private boolean fitsMagnitude(
            LayerKind kind, StoredTensor loraA, StoredTensor loraB, @Nullable StoredTensor magnitude) {
        int before = problems.size();
        if (magnitude == null) {
            if (config.usesDora()) {
                problem(
                        "tensor '" + loraA.name() + "'",
                        null,
                        "the config says use_dora, but the module has no lora_magnitude_vector");
            }
        } else if (!config.usesDora()) {
            reject(magnitude, "is a DoRA magnitude, but the config does not set use_dora");
        } else if (loraA.shape().size() == 2 && magnitude.shape().size() != 1) {
            reject(magnitude, "a vector is expected; PEFT cannot load another shape for this layer");
        } else if (magnitude.info().elementCount()
                != kind.dimensions(loraA, loraB).out()) {
            reject(
                    magnitude,
                    "one magnitude for each of the layer's "
                            + kind.dimensions(loraA, loraB).out() + " outputs is expected");
        } else {
            checkDType(magnitude);
        }
        return problems.size() == before;
    }

    private void checkDType(StoredTensor tensor) {
        if (!DType.WEIGHTS.contains(tensor.dtype())) {
            problem("tensor '" + tensor.name() + "' dtype", tensor.dtype(), "one of " + DType.WEIGHTS + " is expected");
        }
    }

    private void checkRank(String name, TensorInfo tensor, long actual) {
        int expected = config.rankOf(name);
        if (actual != expected) {
            problem(
                    "tensor '" + tensor.name() + "' shape",
                    tensor.shape(),
                    "its rank is " + actual + ", but " + AdapterConfig.FILE_NAME + " gives the module " + expected);
        }
    }

    private void reject(StoredTensor tensor, String explanation) {
        problem("tensor '" + tensor.name() + "' shape", tensor.shape(), explanation);
    }

    private void problem(@Nullable String field, @Nullable Object value, String explanation) {
        problems.add(new Problem(
                weights.path().toString(), field, value == null ? null : Excerpt.ofValue(value), explanation));
    }
}

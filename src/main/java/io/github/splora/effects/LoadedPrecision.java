package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.DType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The data type in which transformers loads a model: the config's, or else that of one of its tensors. If the tensors are stored in
 * a wider one, loading rounds them, and whoever stored them chooses how.
 */
final class LoadedPrecision {

    private static final Map<String, DType> NAMES = Map.of(
            "float64", DType.F64,
            "double", DType.F64,
            "float32", DType.F32,
            "float", DType.F32,
            "float16", DType.F16,
            "half", DType.F16,
            "bfloat16", DType.BF16);

    private LoadedPrecision() {}

    /** Whether loading the model in a type that its config or its tensors suggest would round some of its weights. */
    static boolean isLowerThanStored(Checkpoint model) {
        Set<DType> stored = EnumSet.noneOf(DType.class);
        model.tensorNames().stream()
                .map(model::tensor)
                .filter(tensor -> tensor.shape().size() >= 2)
                .map(tensor -> tensor.dtype())
                .filter(DType.WEIGHTS::contains)
                .forEach(stored::add);
        Set<JsonNode> given = model.config().stream()
                .flatMap(
                        config -> Stream.of("dtype", "torch_dtype").flatMap(field -> config.findValues(field).stream()))
                .filter(value -> !value.isNull())
                .collect(Collectors.toSet());
        return given.isEmpty()
                ? stored.stream().anyMatch(type -> stored.stream().anyMatch(other -> !isExact(type, other)))
                : given.stream().anyMatch(value -> stored.stream().anyMatch(type -> !isExact(type, named(value))));
    }

    /** Returns the type of a name, with or without {@code torch.}; anything else can hold nothing exactly. */
    private static DType named(JsonNode value) {
        return NAMES.getOrDefault(value.asText().replaceFirst("^torch\\.", ""), DType.BOOL);
    }

    private static boolean isExact(DType stored, DType loaded) {
        return stored == loaded || (loaded == DType.F32 && stored != DType.F64) || loaded == DType.F64;
    }
}

package io.github.splora.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.storage.StoredTensor;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A tensor of an adapter that is no part of a module's delta, but that loading the adapter may put into the model: PEFT hands
 * every tensor whose name the model knows to the model.
 *
 * @param name the model's name for the tensor that it replaces or adds to, such as {@code lm_head.weight}
 * @param role what loading does with it
 * @param tensor the stored tensor
 * @param scaling factor of the stored values; 1 for tensors that replace others
 * @param rows the rows that it replaces, for {@link Role#ROWS}; null if the config does not say which
 */
public record SavedTensor(String name, Role role, StoredTensor tensor, double scaling, Optional<List<Integer>> rows) {

    /** What loading does with a saved tensor. */
    public enum Role {
        /** Replaces the tensor of that name. */
        REPLACES,
        /** Adds to the layer's output (a bias of B). */
        ADDS,
        /** Replaces some rows of the tensor of that name. */
        ROWS
    }

    private static final Pattern WRAPPING =
            Pattern.compile("\\.(?:base_layer|original_module|modules_to_save(?:\\.[^.]+)?)\\.(?=[^.]+$)");
    private static final Pattern BIAS_OF_B =
            Pattern.compile("(?<module>.+)\\.lora_B(?:\\.[^.]+)?\\.bias", Pattern.DOTALL);
    private static final Pattern ROWS_OF = Pattern.compile(
            "(?<module>.+?)(?:\\.token_adapter)?\\.trainable_tokens_delta(?:\\.[^.]+)?", Pattern.DOTALL);

    /** Returns all such tensors of an adapter, sorted by name. */
    public static List<SavedTensor> of(Adapter adapter) {
        Set<String> factors = new HashSet<>();
        adapter.modules().forEach(module -> module.tensors().forEach(tensor -> factors.add(tensor.name())));
        return adapter.weights().tensors().values().stream()
                .filter(info -> !factors.contains(info.name()))
                .map(info -> of(new StoredTensor(adapter.weights(), info), adapter.config()))
                .sorted(Comparator.comparing(SavedTensor::name))
                .toList();
    }

    private static SavedTensor of(StoredTensor tensor, AdapterConfig config) {
        String key = tensor.name().startsWith(PeftKeys.PREFIX)
                ? tensor.name().substring(PeftKeys.PREFIX.length())
                : tensor.name();
        Matcher bias = BIAS_OF_B.matcher(key);
        if (bias.matches()) {
            String module = bias.group("module");
            return new SavedTensor(
                    module + ".lora_B.bias", Role.ADDS, tensor, config.scalingOf(module), Optional.empty());
        }
        Matcher rows = ROWS_OF.matcher(key);
        if (rows.matches()) {
            String module = rows.group("module");
            return new SavedTensor(module + ".weight", Role.ROWS, tensor, 1, indexes(module, config));
        }
        return new SavedTensor(WRAPPING.matcher(key).replaceFirst("."), Role.REPLACES, tensor, 1, Optional.empty());
    }

    /**
     * Returns the rows that {@code trainable_token_indices} gives for an embedding; empty if several of its keys name it, of which
     * PEFT takes the first.
     */
    private static Optional<List<Integer>> indexes(String module, AdapterConfig config) {
        JsonNode given = config.toJson().path("trainable_token_indices");
        List<JsonNode> named = given.isObject()
                ? ModuleNames.ends(module).filter(given::has).map(given::path).toList()
                : List.of(given);
        return named.size() == 1
                        && named.get(0).isArray()
                        && StreamSupport.stream(named.get(0).spliterator(), false)
                                .allMatch(JsonNode::isInt)
                ? Optional.of(StreamSupport.stream(named.get(0).spliterator(), false)
                        .map(JsonNode::intValue)
                        .toList())
                : Optional.empty();
    }

    /** Returns the config's fields that make loading change the model beyond the tensors. */
    public static Stream<String> settings(AdapterConfig config) {
        return config.initialization() == Initialization.UNKNOWN ? Stream.of("init_lora_weights") : Stream.empty();
    }
}

package io.github.splora.pairing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Block;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The layers of a checkpoint that transformers' class builds. Checkpoints also hold layers for multi-token prediction, named
 * {@code mtp} or numbered after the model's last layer, which no class of transformers 5.18 builds.
 *
 * @param count the number of the text model's layers; empty if the config does not say
 */
record BuiltLayers(Optional<Integer> count) {

    private static final Pattern PREDICTION = Pattern.compile("(?:.*\\.)?mtp(?:_[^.]*)?\\..*", Pattern.DOTALL);
    private static final Pattern STACK = Pattern.compile("(?:.*\\.)?(?:layers|h|blocks)\\.\\d+", Pattern.DOTALL);
    private static final Pattern OF_ONE_EXPERT = Pattern.compile(".*\\.experts\\.\\d+\\..*", Pattern.DOTALL);

    /** Where configs give the number of layers. */
    private static final List<String> COUNTS = List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");

    static BuiltLayers of(Checkpoint checkpoint) {
        return new BuiltLayers(checkpoint.config().flatMap(config -> {
            JsonNode text = config.path("text_config").isObject() ? config.path("text_config") : config;
            boolean hasEncoder = config.path("is_encoder_decoder").asBoolean(false);
            return COUNTS.stream()
                    .map(text::path)
                    .filter(value -> value.isInt() && value.intValue() > 0 && !hasEncoder)
                    .findFirst()
                    .map(JsonNode::intValue);
        }));
    }

    /** Whether the class builds the layer of a tensor or module. */
    boolean contains(String name) {
        boolean isPastTheLast = count.isPresent()
                && Tower.of(name) == Tower.TEXT
                && Block.of(name)
                        .filter(block -> STACK.matcher(block.path()).matches())
                        .map(block -> block.index() >= count.get())
                        .orElse(false);
        return !isPastTheLast && !PREDICTION.matcher(name).matches();
    }

    /**
     * Whether the layer belongs to a single expert. Since transformers 5, experts are stacked in memory, so there is no such
     * module unless an adapter has factors for some.
     */
    static boolean isOfOneExpert(String name) {
        return OF_ONE_EXPERT.matcher(name).matches();
    }
}

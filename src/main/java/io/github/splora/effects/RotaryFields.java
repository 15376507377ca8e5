package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings of rotary embeddings in a {@code config.json}, one by one, under the names that transformers 4 gives them.
 * Transformers 5 writes them as {@code rope_parameters}, and for some models once for each kind of layer.
 */
final class RotaryFields {

    /** The fields that hold these settings. */
    static final Set<String> FIELDS = Set.of(
            "rope_theta",
            "rope_scaling",
            "rope_parameters",
            "partial_rotary_factor",
            "rope_local_base_freq",
            "rotary_emb_base",
            "rotary_pct");

    /** What GPT-NeoX calls two of them in the configs of transformers 4. */
    private static final Map<String, String> OLD_NAMES =
            Map.of("rope_theta", "rotary_emb_base", "partial_rotary_factor", "rotary_pct");

    private static final String THETA = "rope_theta";
    private static final String SCALING = "rope_scaling.";
    private static final String LOCAL_THETA = "rope_local_base_freq";
    private static final String PARTIAL = "partial_rotary_factor";
    private static final String GLOBAL_LAYERS = "full_attention";
    private static final String LOCAL_LAYERS = "sliding_attention";
    private static final String ORIGINAL_LENGTH = "original_max_position_embeddings";
    private static final String DEFAULT = "default";
    private static final double USUAL_THETA = 10_000;

    /** Types of scaling that use the length of the texts the model was first trained on. */
    private static final Set<String> USING_LENGTH = Set.of("llama3", "yarn", "longrope");

    /** Older names of types. */
    private static final Map<String, String> TYPES = Map.of("mrope", DEFAULT, "su", "longrope");

    private final ObjectNode config;
    private final String modelType;
    private final Map<String, JsonNode> settings = new TreeMap<>();

    private RotaryFields(ObjectNode config, String modelType) {
        this.config = config;
        this.modelType = modelType;
    }

    /**
     * Returns every setting by name.
     *
     * @param newer whether {@code rope_parameters} count rather than the older fields, if a config has both
     */
    static Map<String, JsonNode> of(ObjectNode config, String modelType, boolean newer) {
        RotaryFields fields = new RotaryFields(config, modelType);
        List<String> order =
                newer ? List.of("rope_parameters", "rope_scaling") : List.of("rope_scaling", "rope_parameters");
        JsonNode given = order.stream()
                .map(config::path)
                .filter(each -> each.isObject() && !each.isEmpty())
                .findFirst()
                .orElse(config.objectNode());
        if (given.path(GLOBAL_LAYERS).isObject() || given.path(LOCAL_LAYERS).isObject()) {
            given.properties().forEach(layers -> fields.addNested(layers.getKey(), layers.getValue(), newer));
        } else {
            fields.add("", given, "global", newer);
            JsonNode local = fields.field(LOCAL_THETA);
            JsonNode usual = ConfigDefaults.of(modelType, "default_theta").path("local");
            if (local.isNumber() || usual.isNumber()) {
                fields.settings.put(LOCAL_THETA, local.isNumber() ? local : usual);
            }
        }
        return fields.settings;
    }

    /** Adds the settings for one kind of layer, those of two kinds under the names of old configs. */
    private void addNested(String layers, JsonNode given, boolean newer) {
        boolean isPlain = layers.equals(LOCAL_LAYERS)
                && TextNode.valueOf(DEFAULT).equals(type(given))
                && given.properties().stream()
                        .allMatch(each -> Set.of(THETA, "rope_type", "type").contains(each.getKey()));
        if (layers.equals(GLOBAL_LAYERS)) {
            add("", given, "global", newer);
        } else if (isPlain && given.path(THETA).isNumber()) {
            settings.put(LOCAL_THETA, given.path(THETA));
        } else if (given.isObject()) {
            add(layers + ".", given, "local", newer);
        } else {
            settings.put(layers, given);
        }
    }

    private void add(String prefix, JsonNode given, String layers, boolean newer) {
        JsonNode theta = either(given, THETA, newer);
        settings.put(prefix + THETA, theta.isNumber() ? theta : usualTheta(layers));
        JsonNode partial = either(given, PARTIAL, newer);
        JsonNode usualPart = ConfigDefaults.of(modelType, PARTIAL);
        if (partial.isNumber() || usualPart.isNumber()) {
            settings.put(prefix + PARTIAL, partial.isNumber() ? partial : usualPart);
        }
        JsonNode type = type(given);
        settings.put(prefix + SCALING + "rope_type", type);
        if (USING_LENGTH.contains(type.asText())) {
            settings.put(prefix + SCALING + ORIGINAL_LENGTH, originalLength(given));
        }
        given.properties().stream()
                .filter(each -> !each.getValue().isNull())
                .filter(each -> !each.getKey().equals(THETA) && !each.getKey().equals(PARTIAL))
                .filter(each -> !each.getKey().equals("type") || isAnother(type, each.getValue()))
                .forEach(each -> settings.putIfAbsent(prefix + SCALING + each.getKey(), each.getValue()));
    }

    /** Returns a setting that may be inside {@code rope_parameters}, which count first if {@code newer}, or outside. */
    private JsonNode either(JsonNode given, String name, boolean newer) {
        JsonNode first = newer ? given.path(name) : given(name);
        return first.isNumber() ? first : newer ? given(name) : given.path(name);
    }

    private JsonNode type(JsonNode given) {
        JsonNode type = given.path("rope_type").isMissingNode() ? given.path("type") : given.path("rope_type");
        if (!type.isTextual() && !type.isMissingNode()) {
            return type;
        }
        String name = TYPES.getOrDefault(type.asText(DEFAULT), type.asText(DEFAULT));
        JsonNode usual = ConfigDefaults.of(modelType, "default_rope_type");
        return name.equals(DEFAULT) && usual.isTextual() ? usual : TextNode.valueOf(name);
    }

    private static boolean isAnother(JsonNode type, JsonNode older) {
        return !type.asText().equals(TYPES.getOrDefault(older.asText(), older.asText()));
    }

    private JsonNode originalLength(JsonNode given) {
        JsonNode outside = field(ORIGINAL_LENGTH);
        JsonNode inside = given.path(ORIGINAL_LENGTH);
        return outside.isNumber() ? outside : inside.isNumber() ? inside : field("max_position_embeddings");
    }

    private JsonNode usualTheta(String layers) {
        JsonNode usual = ConfigDefaults.of(modelType, "default_theta");
        JsonNode value = usual.isObject() ? usual.path(layers) : usual;
        return value.isNumber() ? value : DoubleNode.valueOf(USUAL_THETA);
    }

    private JsonNode field(String name) {
        JsonNode value = given(name);
        return value.isMissingNode() ? ConfigDefaults.of(modelType, name) : value;
    }

    private JsonNode given(String name) {
        return config.has(name) ? config.path(name) : config.path(OLD_NAMES.getOrDefault(name, name));
    }
}

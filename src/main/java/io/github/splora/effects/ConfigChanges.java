package io.github.splora.effects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The fields of {@code config.json} by which one model computes something else than another with the same weights. Every field
 * counts unless it is known not to change what a model computes; an absent one counts with the default of the model's class.
 */
final class ConfigChanges {

    /** Fields that name or describe a model, or matter only in training, in generation or for the form of the output. */
    private static final Set<String> HARMLESS = Set.of(
            "_name_or_path",
            "_commit_hash",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "use_cache",
            "tokenizer_class",
            "unsloth_version",
            "unsloth_fixed",
            "bos_token_id",
            "eos_token_id",
            "id2label",
            "label2id",
            "problem_type",
            "task_specific_params",
            "initializer_range",
            "initializer_factor",
            "pretraining_tp",
            "gradient_checkpointing",
            "chunk_size_feed_forward",
            "output_attentions",
            "output_hidden_states",
            "output_router_logits",
            "return_dict",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "max_length",
            "max_new_tokens",
            "num_beams",
            "repetition_penalty");

    /** Dropout has no effect outside training. */
    private static final Pattern DROPOUT = Pattern.compile("(?:.*_)?(?:pdrop|dropout|dropout_prob)");

    private static final String TYPE = "model_type";
    private static final String TEXT = "text_config";
    /** Types whose configs were flat in transformers 4. */
    private static final Set<String> FLAT = Set.of("qwen2_vl", "qwen2_5_vl");

    private static final String HEAD_SIZE = "head_dim";
    private static final String HEADS = "num_attention_heads";
    private static final String KEY_HEADS = "num_key_value_heads";
    private static final String LAYER_TYPES = "layer_types";
    private static final String WINDOW = "sliding_window";

    /** Names under which configs state every how many layers one attends to the whole text. */
    private static final Set<String> PERIOD_FIELDS = Set.of("sliding_window_pattern", "_sliding_window_pattern");
    /** The same for types of models that state the layers' types or leave them to their class. */
    private static final Map<String, Integer> PERIODS =
            Map.of("gemma2", 2, "gpt_oss", 2, "cohere2", 4, "gemma3_text", 6);

    private final SortedSet<String> changed = new TreeSet<>();

    private ConfigChanges() {}

    /** Returns the paths of the fields, such as {@code text_config.head_dim}. */
    static SortedSet<String> between(ObjectNode aligned, ObjectNode adapted) {
        ConfigChanges changes = new ConfigChanges();
        changes.compare("", nested(aligned), type(aligned, ""), nested(adapted), type(adapted, ""));
        return changes.changed;
    }

    /** Returns a config of Qwen-VL with the fields of its text model in {@code text_config}, where transformers 5 puts them. */
    private static ObjectNode nested(ObjectNode config) {
        String type = type(config, "");
        if (!FLAT.contains(type) || config.has(TEXT)) {
            return config;
        }
        ObjectNode nested = config.deepCopy();
        ObjectNode text = nested.putObject(TEXT);
        String ofText = ConfigDefaults.of(type, TEXT).path(TYPE).asText();
        config.properties().stream()
                .filter(field -> !field.getKey().equals(TYPE))
                .filter(field -> RotaryFields.FIELDS.contains(field.getKey())
                        || (!ConfigDefaults.of(ofText, field.getKey()).isNull()
                                && ConfigDefaults.of(type, field.getKey()).isNull()))
                .forEach(field -> {
                    text.set(field.getKey(), field.getValue());
                    nested.remove(field.getKey());
                });
        return nested;
    }

    private void compare(String path, ObjectNode one, String typeOfOne, ObjectNode other, String typeOfOther) {
        Set<String> fields = new TreeSet<>();
        one.fieldNames().forEachRemaining(fields::add);
        other.fieldNames().forEachRemaining(fields::add);
        boolean knowsLayers = PERIODS.containsKey(typeOfOne)
                && PERIODS.containsKey(typeOfOther)
                && value(one, typeOfOne, LAYER_TYPES).isArray()
                && value(other, typeOfOther, LAYER_TYPES).isArray();
        if (knowsLayers) {
            fields.removeAll(PERIOD_FIELDS);
            fields.add(LAYER_TYPES);
        }
        for (String field : fields) {
            if (!isHarmless(field, typeOfOne) && !RotaryFields.FIELDS.contains(field)) {
                compare(path, field, value(one, typeOfOne, field), typeOfOne, value(other, typeOfOther, field));
            }
        }
        for (boolean newer : new boolean[] {false, true}) {
            compareSettings(path, RotaryFields.of(one, typeOfOne, newer), RotaryFields.of(other, typeOfOther, newer));
        }
    }

    private void compare(String path, String field, JsonNode one, String typeOfOne, JsonNode other) {
        boolean isModel = ConfigDefaults.of(typeOfOne, field).path(TYPE).isTextual()
                || (one.path(TYPE).isTextual() && other.path(TYPE).isTextual());
        if (isModel && one instanceof ObjectNode part && other instanceof ObjectNode otherPart) {
            String usual = ConfigDefaults.of(typeOfOne, field).path(TYPE).asText();
            compare(path + field + ".", part, type(part, usual), otherPart, type(otherPart, usual));
        } else if (!isSame(one, other)) {
            changed.add(path + field);
        }
    }

    /** RoBERTa and its relatives count positions from the padding token on, and encoder-decoders may start with it. */
    private static boolean isHarmless(String field, String type) {
        return HARMLESS.contains(field)
                || DROPOUT.matcher(field).matches()
                || (field.equals("pad_token_id")
                        && !ConfigDefaults.of(type, "type_vocab_size").isNumber()
                        && !ConfigDefaults.of(type, "is_encoder_decoder").asBoolean());
    }

    private void compareSettings(String path, Map<String, JsonNode> one, Map<String, JsonNode> other) {
        Set<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        for (String name : names) {
            if (!isSame(
                    one.getOrDefault(name, MissingNode.getInstance()),
                    other.getOrDefault(name, MissingNode.getInstance()))) {
                changed.add(path + name);
            }
        }
    }

    private static String type(ObjectNode config, String otherwise) {
        return config.path(TYPE).asText(otherwise);
    }

    /** Returns what a field amounts to: its value, its default, or what transformers derives from other fields. */
    private static JsonNode value(ObjectNode config, String type, String field) {
        JsonNode value = field.equals(TYPE) && !type.isEmpty() ? TextNode.valueOf(type) : field(config, type, field);
        if (field.equals(WINDOW) && !hasWindow(config, type)) {
            return NullNode.getInstance();
        }
        if (!value.isNull()) {
            return value;
        }
        return switch (field) {
            case KEY_HEADS -> field(config, type, HEADS);
            case HEAD_SIZE -> headSize(field(config, type, "hidden_size"), field(config, type, HEADS), value);
            case LAYER_TYPES -> layerTypes(config, type, value);
            default -> value;
        };
    }

    private static JsonNode field(ObjectNode config, String type, String field) {
        return config.has(field) ? config.get(field) : ConfigDefaults.of(type, field);
    }

    private static boolean hasWindow(ObjectNode config, String type) {
        return !field(config, type, WINDOW).isNull()
                && field(config, type, "use_sliding_window").asBoolean(true);
    }

    private static JsonNode headSize(JsonNode size, JsonNode heads, JsonNode otherwise) {
        return size.isInt() && heads.isInt() && heads.intValue() > 0 && size.intValue() % heads.intValue() == 0
                ? IntNode.valueOf(size.intValue() / heads.intValue())
                : otherwise;
    }

    /** Returns the types that transformers gives to layers, if it is known how; models without windows have one type. */
    private static JsonNode layerTypes(ObjectNode config, String type, JsonNode otherwise) {
        JsonNode count = field(config, type, "num_hidden_layers");
        boolean hasWindow = hasWindow(config, type);
        Integer usual = PERIODS.get(type);
        if (!count.isInt() || count.intValue() > 10_000 || (hasWindow && usual == null)) {
            return otherwise;
        }
        int period = PERIOD_FIELDS.stream()
                .map(config::path)
                .filter(each -> each.isInt() && each.intValue() > 0)
                .findFirst()
                .map(JsonNode::intValue)
                .orElse(usual == null ? 1 : usual);
        ArrayNode types = config.arrayNode();
        for (int layer = 1; layer <= count.intValue(); layer++) {
            types.add(hasWindow && layer % period != 0 ? "sliding_attention" : "full_attention");
        }
        return types;
    }

    private static boolean isSame(JsonNode one, JsonNode other) {
        return one.equals((a, b) -> isSameValue(a, b) ? 0 : 1, other);
    }

    /** Compares numbers by value: 1 equals 1.0. */
    private static boolean isSameValue(JsonNode one, JsonNode other) {
        return one.equals(other)
                || (isFinite(one) && isFinite(other) && one.decimalValue().compareTo(other.decimalValue()) == 0);
    }

    private static boolean isFinite(JsonNode value) {
        return value.isNumber() && !(value.isDouble() && !Double.isFinite(value.doubleValue()));
    }
}

package io.github.splora.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** The types of the config fields that determine which modules an adapter has and what their deltas are. */
final class FieldTypes {

    private record Field(String name, Predicate<JsonNode> type, String expected) {}

    private static final String NAMES = "must be a list of names, a regular expression or null";
    private static final String FLAG = "must be true, false or null";

    private static final List<String> BIASES = List.of("none", "lora_only", "all");

    private static final List<Field> FIELDS = List.of(
            new Field("target_modules", FieldTypes::isTextOrTexts, NAMES),
            new Field("exclude_modules", FieldTypes::isTextOrTexts, NAMES),
            new Field(
                    "target_parameters",
                    value -> isListOf(value, JsonNode::isTextual),
                    "must be a list of names or null"),
            new Field("modules_to_save", FieldTypes::isTextOrTexts, "must be a list of names or null"),
            new Field("layers_pattern", FieldTypes::isTextOrTexts, "must be a name, a list of names or null"),
            new Field(
                    "layers_to_transform",
                    value -> value.isInt() || isListOf(value, JsonNode::isInt),
                    "must be a number, a list of numbers or null"),
            new Field(
                    "bias",
                    value -> value.isTextual() && BIASES.contains(value.textValue()),
                    "must be one of " + BIASES),
            new Field("use_rslora", JsonNode::isBoolean, FLAG),
            new Field("use_dora", JsonNode::isBoolean, FLAG),
            new Field("use_qalora", JsonNode::isBoolean, FLAG),
            new Field("lora_bias", JsonNode::isBoolean, FLAG),
            new Field("ensure_weight_tying", JsonNode::isBoolean, FLAG),
            new Field("fan_in_fan_out", JsonNode::isBoolean, FLAG),
            new Field(
                    "init_lora_weights",
                    value -> value.isBoolean() || value.isTextual(),
                    "must be true, false, the name of an initialization or null"));

    private FieldTypes() {}

    /** @throws BadInputException naming every field of the wrong type; absent and null fields are allowed */
    static void check(Path file, ObjectNode config) {
        List<Problem> problems = new ArrayList<>();
        for (Field field : FIELDS) {
            JsonNode value = config.path(field.name());
            if (!value.isMissingNode() && !value.isNull() && !field.type().test(value)) {
                problems.add(new Problem(file.toString(), field.name(), value.toString(), field.expected()));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    private static boolean isTextOrTexts(JsonNode value) {
        return value.isTextual() || isListOf(value, JsonNode::isTextual);
    }

    private static boolean isListOf(JsonNode value, Predicate<JsonNode> type) {
        return value.isArray()
                && StreamSupport.stream(value.spliterator(), false).allMatch(type);
    }
}

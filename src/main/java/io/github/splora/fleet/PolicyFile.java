package io.github.splora.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.gate.Gate;
import io.github.splora.json.StrictJson;
import io.github.splora.json.StrictYaml;
import io.github.splora.select.ModuleFilter;
import io.github.splora.statistics.Condition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Policy} from JSON or YAML. Its fields are those of {@code docs/policy.schema.json}. */
final class PolicyFile {

    private final Path file;
    private final ObjectNode tree;
    /** Lines of fields and list elements in YAML, by JSON pointer. */
    private final Map<String, Integer> lines;

    PolicyFile(Path file) {
        this.file = file;
        if (StrictYaml.isNamed(file)) {
            StrictYaml.Document document = StrictYaml.readNamed(file);
            tree = document.tree();
            lines = document.lines();
        } else {
            tree = StrictJson.readNamed(file);
            lines = Map.of();
        }
    }

    Policy read() {
        tree.fieldNames().forEachRemaining(field -> {
            if (!Policy.FIELDS.contains(field)) {
                throw refusal(
                        field,
                        "/" + field,
                        null,
                        "is not a field of a policy; the fields are " + String.join(", ", Policy.FIELDS));
            }
        });
        return new Policy(gates(Policy.BLOCK), gates(Policy.REVIEW), patterns(), isForeignAllowed());
    }

    private List<Gate> gates(String field) {
        List<Gate> gates = new ArrayList<>();
        for (String text : strings(field)) {
            try {
                gates.add(Condition.parse(text)
                        .filter(condition -> Gate.figures().contains(condition.figure()))
                        .map(Gate::new)
                        .orElseThrow(() -> new IllegalArgumentException("is not a condition: a figure ("
                                + String.join(", ", Gate.figures()) + "), then " + Condition.COMPARISONS
                                + ", then a number")));
            } catch (IllegalArgumentException e) {
                throw refusal(field, "/" + field + "/" + gates.size(), text, String.valueOf(e.getMessage()));
            }
        }
        return gates;
    }

    private List<String> patterns() {
        List<String> patterns = strings(Policy.ALLOW_UNSCORED);
        for (int i = 0; i < patterns.size(); i++) {
            try {
                ModuleFilter.anyOf(Policy.ALLOW_UNSCORED, List.of(patterns.get(i)));
            } catch (PatternSyntaxException e) {
                throw refusal(
                        Policy.ALLOW_UNSCORED,
                        "/" + Policy.ALLOW_UNSCORED + "/" + i,
                        patterns.get(i),
                        "is not a valid regular expression: " + e.getDescription());
            }
        }
        return patterns;
    }

    private boolean isForeignAllowed() {
        JsonNode foreign = tree.path(Policy.ALLOW_FOREIGN);
        if (!foreign.isMissingNode() && !foreign.isBoolean()) {
            throw refusal(Policy.ALLOW_FOREIGN, "/" + Policy.ALLOW_FOREIGN, foreign, "must be true or false");
        }
        return foreign.booleanValue();
    }

    private List<String> strings(String field) {
        List<String> strings = new ArrayList<>();
        JsonNode array = tree.path(field);
        if (!array.isMissingNode() && !array.isArray()) {
            throw refusal(field, "/" + field, array, "must be a list of strings");
        }
        for (JsonNode each : array) {
            if (!each.isTextual()) {
                throw refusal(field, "/" + field + "/" + strings.size(), each, "must be a string");
            }
            strings.add(each.textValue());
        }
        return strings;
    }

    /** @param value as text or as a tree; null if the field itself is wrong */
    private BadInputException refusal(String field, String pointer, @Nullable Object value, String explanation) {
        Integer line = lines.get(pointer);
        return new BadInputException(file, line == null ? field : "line " + line + ", " + field, value, explanation);
    }
}

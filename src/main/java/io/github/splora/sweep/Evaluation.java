package io.github.splora.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of evaluating one adapter.
 *
 * @param figures the printed figures, by name; empty if the command failed
 * @param seconds how long the evaluation took
 * @param failure why the evaluation failed, as the rest of a sentence about the command; null if it succeeded
 */
public record Evaluation(Map<String, Double> figures, double seconds, @Nullable String failure) {

    /** Returns the finite numbers among an object's fields, in their order. */
    static Map<String, Double> figuresOf(JsonNode object) {
        Map<String, Double> figures = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (field.getValue().isNumber() && Double.isFinite(field.getValue().doubleValue())) {
                figures.put(field.getKey(), field.getValue().doubleValue());
            }
        });
        return figures;
    }

    public boolean hasFailed() {
        return failure != null;
    }
}

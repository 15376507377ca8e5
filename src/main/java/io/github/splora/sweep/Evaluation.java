package io.github.splora.sweep;

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

    public boolean hasFailed() {
        return failure != null;
    }
}

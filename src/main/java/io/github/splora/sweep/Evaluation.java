package io.github.splora.sweep;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation said of one adapter.
 *
 * @param figures by name, as it printed them; empty if it failed
 * @param seconds how long it took
 * @param failure why there are no figures, in a sentence; null if there are
 */
public record Evaluation(Map<String, Double> figures, double seconds, @Nullable String failure) {

    public boolean hasFailed() {
        return failure != null;
    }
}

package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import java.util.Set;

/**
 * Models that store a stack of experts as {@code [E, in, out]}, which the shape does not show if in equals out: those
 * whose experts have {@code is_transposed} in transformers 5.18.
 */
final class TransposedExperts {

    private static final Set<String> MODEL_TYPES = Set.of("gpt_oss", "openai_privacy_filter", "aria", "aria_text");

    private TransposedExperts() {}

    static boolean areIn(Checkpoint checkpoint) {
        return checkpoint
                .config()
                .map(config -> MODEL_TYPES.contains(config.path("model_type").asText()))
                .orElse(false);
    }
}

package io.github.splora.score;

import org.jspecify.annotations.Nullable;

/**
 * A part of a fine-tune that changes the model, but is not a module and has no score.
 *
 * @param name the changed tensor in the model, without {@code .weight}; for {@link Kind#SETTING}, the field of the config
 * @param kind what the fine-tune did
 * @param norm Frobenius norm of the change; null if it cannot be computed
 * @param cosine cosine between the change and what alignment changed in the same tensor; null if there is none
 */
public record Effect(String name, Kind kind, @Nullable Double norm, @Nullable Double cosine) {

    /** What a fine-tune can change besides the modules. */
    public enum Kind {
        SAVED_WEIGHT("saved-weight", "a whole weight that replaces the aligned one"),
        BIAS("bias", "a trained bias"),
        TOKENS("tokens", "trained rows of an embedding"),
        VECTOR("vector", "a norm or another vector that replaces the aligned one"),
        NEW_TENSOR("new-tensor", "a tensor that the aligned model lacks"),
        MISSING_TENSOR("missing-tensor", "a tensor of the aligned model that is missing"),
        UNKNOWN_NAME("unknown-name", "a tensor under a name that transformers may not know, and would then ignore"),
        SETTING("setting", "a setting that changes what the weights do");

        private final String label;
        private final String sentence;

        Kind(String label, String sentence) {
            this.label = label;
            this.sentence = sentence;
        }

        /** Returns the kind in words. */
        public String sentence() {
            return sentence;
        }

        @Override
        public String toString() {
            return label;
        }
    }
}

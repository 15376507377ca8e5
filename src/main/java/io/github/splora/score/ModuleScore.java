package io.github.splora.score;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.TunedModule;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The score and the figures of one module, as plain numbers; null where a figure is undefined.
 *
 * @param name the module's name in the model
 * @param shape {@code [out, in]}; {@code [experts, out, in]} for stacked experts
 * @param rank r
 * @param scaling s
 * @param score higher means more misaligned for every metric; null if the module cannot be scored
 * @param distance between ΔW and its reference
 * @param expectedDistance E[d] of the module's population; null for metrics without one
 * @param spread spread of the distances of the module's population; null for metrics without one
 * @param cosine between ΔW and its reference
 * @param deltaNorm {@code ‖ΔW‖_F}
 * @param referenceNorm norm of the reference
 * @param alignmentNorm {@code ‖V‖_F}
 * @param unscored why there is no score; null if there is one
 */
public record ModuleScore(
        String name,
        List<Long> shape,
        long rank,
        double scaling,
        @Nullable Double score,
        @Nullable Double distance,
        @Nullable Double expectedDistance,
        @Nullable Double spread,
        @Nullable Double cosine,
        @Nullable Double deltaNorm,
        @Nullable Double referenceNorm,
        @Nullable Double alignmentNorm,
        @Nullable Unscored unscored) {

    /** Why a module has no score. */
    public enum Unscored {
        LEFT_OUT("left-out", "left out by --include or --exclude"),
        NOT_LOADED("not-loaded", "PEFT would not load it, because of its keys or the config"),
        ZERO_DELTA("zero-delta", "its delta is zero, so there is nothing to remove"),
        NO_REFERENCE("no-reference", "alignment did not change this layer, so there is no reference to compare with"),
        NO_SPREAD("no-spread", "all distances in its population are equal, so they cannot be standardized"),
        NO_DIRECTION("no-direction", "its reference is zero and has no direction");

        private final String label;
        private final String sentence;

        Unscored(String label, String sentence) {
            this.label = label;
            this.sentence = sentence;
        }

        /** Whether the module still has a delta and a reference, and lacks only a score. */
        public boolean isAboutScoreAlone() {
            return this == NO_SPREAD || this == NO_DIRECTION;
        }

        public String sentence() {
            return sentence;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** Returns the entry of a module that was not measured. */
    static ModuleScore unmeasured(TunedModule module, Unscored reason) {
        return new ModuleScore(
                module.name(),
                module.shape(),
                module.rank(),
                module.scaling(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                reason);
    }

    /** Returns the entry of a measured module without a score. */
    static ModuleScore unscored(Measurement measurement, Unscored reason) {
        return of(measurement, null, null, null, reason);
    }

    /**
     * Returns the entry of a measured module with a score.
     *
     * @param moments the population that the score is standardized by; null for metrics without one
     */
    static ModuleScore scored(Measurement measurement, double score, @Nullable Moments moments) {
        return moments == null
                ? of(measurement, score, null, null, null)
                : of(measurement, score, moments.center(), moments.spread(), null);
    }

    private static ModuleScore of(
            Measurement measurement,
            @Nullable Double score,
            @Nullable Double expectedDistance,
            @Nullable Double spread,
            @Nullable Unscored unscored) {
        TunedModule tuned = measurement.module().tuned();
        Comparison comparison = measurement.comparison();
        return new ModuleScore(
                tuned.name(),
                measurement.module().shape(),
                tuned.rank(),
                tuned.scaling(),
                score,
                comparison == null ? null : Double.valueOf(comparison.distance()),
                expectedDistance,
                spread,
                comparison == null ? null : comparison.cosine(),
                measurement.deltaNorm(),
                comparison == null ? null : Double.valueOf(comparison.referenceNorm()),
                measurement.alignmentNorm(),
                unscored);
    }

    public boolean isScored() {
        return score != null;
    }

    /** Returns the projection type: {@code q_proj} for {@code model.layers.0.self_attn.q_proj}. */
    public String type() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    public Optional<Block> block() {
        return Block.of(name);
    }
}

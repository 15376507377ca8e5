package io.github.splora.score;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one module once all are measured. Plain numbers; a figure that there is none of is null.
 *
 * @param name the module, as the model names it
 * @param shape {@code [out, in]}; {@code [experts, out, in]} of a stack
 * @param rank r
 * @param scaling s
 * @param score higher = more misaligned, whatever the metric; null if the module cannot be scored
 * @param distance between ΔW and its reference
 * @param expectedDistance E[d] of the module's population; null for metrics without one
 * @param spread of the distances of the module's population; null for metrics without one
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
        Double score,
        Double distance,
        Double expectedDistance,
        Double spread,
        Double cosine,
        Double deltaNorm,
        Double referenceNorm,
        Double alignmentNorm,
        Unscored unscored) {

    /** Why a module has no score. */
    public enum Unscored {
        LEFT_OUT("left-out", "left out by --include or --exclude"),
        ZERO_DELTA("zero-delta", "its delta is zero: there is nothing to remove"),
        NO_REFERENCE("no-reference", "alignment did not change this layer: there is nothing to compare with"),
        NO_SPREAD("no-spread", "all distances of its population are equal: there is nothing to standardise by"),
        NO_DIRECTION("no-direction", "its reference is zero and has no direction");

        private final String label;
        private final String sentence;

        Unscored(String label, String sentence) {
            this.label = label;
            this.sentence = sentence;
        }

        /** Whether there is a delta and a reference all the same. */
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

    /** A module that was never measured. */
    static ModuleScore leftOut(LoraModule module) {
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
                Unscored.LEFT_OUT);
    }

    /** A measured module without a score. */
    static ModuleScore unscored(Measurement measurement, Unscored reason) {
        return of(measurement, null, null, null, reason);
    }

    /** A measured module with the score that a metric gives it, on its own or against {@code moments}. */
    static ModuleScore scored(Measurement measurement, double score, Moments moments) {
        return moments == null
                ? of(measurement, score, null, null, null)
                : of(measurement, score, moments.centre(), moments.spread(), null);
    }

    private static ModuleScore of(
            Measurement measurement, Double score, Double expectedDistance, Double spread, Unscored unscored) {
        LoraModule lora = measurement.module().lora();
        Comparison comparison = measurement.comparison();
        return new ModuleScore(
                lora.name(),
                measurement.module().shape(),
                lora.rank(),
                lora.scaling(),
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

    /** The projection type, {@code q_proj} of {@code model.layers.0.self_attn.q_proj}. */
    public String type() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    public Optional<Block> block() {
        return Block.of(name);
    }
}

package io.github.splora.report;

import io.github.splora.adapter.Block;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.select.Decision;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One module in a report. {@link ModuleScore} describes the figures, and when they are absent.
 *
 * @param block number of the transformer block; null outside any
 * @param type projection type
 * @param shape {@code [out, in]}, or {@code [experts, out, in]}
 * @param correctedRank rank after a correction; null if the module was not corrected
 * @param correctedNorm norm of the delta after a correction, before rounding to the adapter's data type; null if the module was not
 *     corrected
 * @param unscored why there is no score ({@code zero-delta}, {@code no-reference}, …); null if there is one
 * @param decision {@value #PRUNE} or {@value #KEEP}
 * @param reason the reason for the decision, in a few words
 */
public record ModuleRow(
        String name,
        @Nullable Integer block,
        String type,
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
        @Nullable Long correctedRank,
        @Nullable Double correctedNorm,
        @Nullable String unscored,
        String decision,
        String reason) {

    public static final String PRUNE = "prune";
    public static final String KEEP = "keep";

    /** Returns the row for a decision. */
    public static ModuleRow of(Decision decision) {
        ModuleScore score = decision.score();
        return new ModuleRow(
                score.name(),
                score.block().map(Block::index).orElse(null),
                score.type(),
                score.shape(),
                score.rank(),
                score.scaling(),
                score.score(),
                score.distance(),
                score.expectedDistance(),
                score.spread(),
                score.cosine(),
                score.deltaNorm(),
                score.referenceNorm(),
                score.alignmentNorm(),
                null,
                null,
                score.unscored() == null ? null : score.unscored().toString(),
                decision.prune() ? PRUNE : KEEP,
                decision.reason());
    }

    /** Returns the row with what a correction made of the module. */
    public ModuleRow corrected(long newRank, double newNorm) {
        return new ModuleRow(
                name,
                block,
                type,
                shape,
                rank,
                scaling,
                score,
                distance,
                expectedDistance,
                spread,
                cosine,
                deltaNorm,
                referenceNorm,
                alignmentNorm,
                newRank,
                newNorm,
                unscored,
                decision,
                reason);
    }

    /**
     * Returns the module's score without the decision, in order to decide again from a report.
     *
     * @return empty if the row has neither a score nor a known reason for none
     */
    public Optional<ModuleScore> toScore() {
        Unscored why = Labels.find(Unscored.class, unscored).orElse(null);
        boolean isWhole = name != null && shape != null && (score == null ? why != null : Double.isFinite(score));
        return isWhole
                ? Optional.of(new ModuleScore(
                        name,
                        shape,
                        rank,
                        scaling,
                        score,
                        distance,
                        expectedDistance,
                        spread,
                        cosine,
                        deltaNorm,
                        referenceNorm,
                        alignmentNorm,
                        score == null ? why : null))
                : Optional.empty();
    }

    /** Whether the row has all required fields. */
    boolean isWhole() {
        return name != null
                && type != null
                && decision != null
                && reason != null
                && shape != null
                && (shape.size() == 2 || shape.size() == 3)
                && shape.stream().noneMatch(Objects::isNull);
    }

    /** Whether no figure is NaN or infinite. */
    boolean isFinite() {
        return Finite.all(
                scaling,
                score,
                distance,
                expectedDistance,
                spread,
                cosine,
                deltaNorm,
                referenceNorm,
                alignmentNorm,
                correctedNorm);
    }

    /** Returns the shape as text, such as {@code 4096x1024}. */
    public String shapeText(String times) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(times));
    }

    /** Returns the rank, and what a correction made of it: {@code 8 → 24}, where {@code →} is {@code arrow}. */
    public String rankText(String arrow) {
        return correctedRank == null || correctedRank == rank
                ? String.valueOf(rank)
                : rank + " " + arrow + " " + correctedRank;
    }

    /** Returns the output dimension of one matrix. */
    long outFeatures() {
        return shape.get(shape.size() - 2);
    }

    /** Returns the input dimension of one matrix. */
    long inFeatures() {
        return shape.get(shape.size() - 1);
    }

    /** Whether the module is selected. */
    public boolean goes() {
        return PRUNE.equals(decision);
    }
}

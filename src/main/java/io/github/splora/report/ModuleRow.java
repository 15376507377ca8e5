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
 * One module in a report; figures and their absence as in {@link ModuleScore}.
 *
 * @param block number of the transformer block; null outside any
 * @param type projection type
 * @param shape {@code [out, in]}, or {@code [experts, out, in]}
 * @param unscored {@code zero-delta}, {@code no-reference}, …: why there is no score; null if there is one
 * @param decision {@value #PRUNE} or {@value #KEEP}
 * @param reason why, in a few words
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
        @Nullable String unscored,
        String decision,
        String reason) {

    public static final String PRUNE = "prune";
    public static final String KEEP = "keep";

    /** The row of a decided module. */
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
                score.unscored() == null ? null : score.unscored().toString(),
                decision.prune() ? PRUNE : KEEP,
                decision.reason());
    }

    /**
     * What the row says about the module, without the decision: to decide again from a file.
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

    /** Whether everything is there that every row has. */
    boolean isWhole() {
        return name != null
                && type != null
                && decision != null
                && reason != null
                && shape != null
                && (shape.size() == 2 || shape.size() == 3)
                && shape.stream().noneMatch(Objects::isNull);
    }

    /** {@code 4096x1024}, for people. */
    public String shapeText(String times) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(times));
    }

    /** Outputs of one matrix. */
    long outFeatures() {
        return shape.get(shape.size() - 2);
    }

    /** Inputs of one matrix. */
    long inFeatures() {
        return shape.get(shape.size() - 1);
    }

    /** Whether the module is to go. */
    public boolean goes() {
        return PRUNE.equals(decision);
    }
}

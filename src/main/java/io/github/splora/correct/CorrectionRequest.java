package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.pairing.PairedModule;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A correction to compute during the walks over the weights.
 *
 * @param method the formula
 * @param sink receives the result for each matrix of a module as soon as it is available, on any thread
 */
public record CorrectionRequest(CorrectionMethod method, BiConsumer<PairedModule, List<Result>> sink) {

    /**
     * The result for one matrix.
     *
     * @param original {@code sBA}
     * @param corrected what the method makes of it
     */
    public record Result(LowRank original, LowRank corrected) {}
}

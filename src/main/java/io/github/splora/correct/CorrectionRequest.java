package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.pairing.PairedModule;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What is to be corrected along with a walk over the weights.
 *
 * @param corrector how
 * @param isWanted of which modules
 * @param sink takes the corrected {@code sBA} of each matrix of a module as soon as it is there, from any thread
 */
public record CorrectionRequest(
        CorrectionMethod corrector, Predicate<PairedModule> isWanted, BiConsumer<PairedModule, List<LowRank>> sink) {}

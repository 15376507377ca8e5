package io.github.splora.correct;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an action makes of a module's delta: {@code ΔW := gain · replaced + share · added}.
 *
 * @param replacement computes the new delta, which takes the place of the old one; empty if the old one stays
 * @param gain factor of the new delta
 * @param addition computes a product that is added as further ranks; empty if nothing is
 * @param share factor of that product
 */
public record Correction(
        Optional<CorrectionMethod> replacement, Gain gain, Optional<CorrectionMethod> addition, double share) {

    /** A correction that only replaces factors. */
    static Correction of(CorrectionMethod replacement) {
        return new Correction(Optional.of(replacement), Gain.ONE, Optional.empty(), 0);
    }

    /** Returns what has to be computed. */
    public Stream<CorrectionMethod> methods() {
        return Stream.of(replacement, addition).flatMap(Optional::stream);
    }
}

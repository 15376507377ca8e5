package io.github.splora.correct;

import java.util.Optional;

/**
 * The parameters of a correction.
 *
 * @param strength from 0, which leaves a delta unchanged, to 1; for deflation the share of ‖V‖² that the filter removes
 * @param energy share of ‖V‖² held by the subspaces that the action uses
 * @param gain factor that a deflated delta is multiplied by, above 0; NaN to derive it from the adapter
 * @param gainExponent exponent of a derived gain
 * @param restored factor of the part of V that is added, at least 0
 * @param restoredRank rank of that part
 * @param tolerance largest relative error of a filtered delta
 * @param requestWeight how much more other requests count than the task when a delta is confined to it, at least 0
 * @param inputs recorded inputs, which only confining needs
 * @param isSubspace whether {@code project} projects onto that subspace instead of applying SafeLoRA's operator
 */
public record CorrectionSettings(
        double strength,
        double energy,
        double gain,
        double gainExponent,
        double restored,
        int restoredRank,
        double tolerance,
        double requestWeight,
        Optional<RecordedInputs> inputs,
        boolean isSubspace) {

    /** Settings of an action that confines nothing. */
    public CorrectionSettings(
            double strength,
            double energy,
            double gain,
            double gainExponent,
            double restored,
            int restoredRank,
            double tolerance,
            boolean isSubspace) {
        this(strength, energy, gain, gainExponent, restored, restoredRank, tolerance, 0, Optional.empty(), isSubspace);
    }

    /** Settings of an action that neither deflates nor restores. */
    public CorrectionSettings(double strength, double energy, boolean isSubspace) {
        this(strength, energy, 1, 1, 0, 0, 1e-3, isSubspace);
    }
}

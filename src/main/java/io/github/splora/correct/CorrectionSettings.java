package io.github.splora.correct;

/**
 * The parameters of a correction.
 *
 * @param strength from 0, which leaves a delta unchanged, to 1
 * @param energy share of ‖V‖² held by the subspaces that the action uses
 * @param gain factor that a deflated delta is multiplied by, above 0
 * @param isSubspace whether {@code project} projects onto that subspace instead of applying SafeLoRA's operator
 */
public record CorrectionSettings(double strength, double energy, double gain, boolean isSubspace) {}

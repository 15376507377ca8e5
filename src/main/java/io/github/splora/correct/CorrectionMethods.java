package io.github.splora.correct;

import io.github.splora.surgery.ActionKind;
import java.util.Optional;

/** The corrections behind those actions that change a module's factors. */
public final class CorrectionMethods {

    private CorrectionMethods() {}

    /**
     * How far a correction goes.
     *
     * @param strength from 0, which leaves a delta as it is, to 1
     * @param energy share of ‖V‖² that the subspaces hold which the action looks at
     * @param gain what a deflated delta is multiplied with, above 0
     * @param isSubspace whether a projection is onto that subspace, and not SafeLoRA's operator
     */
    public record Settings(double strength, double energy, double gain, boolean isSubspace) {}

    /** The correction that an action makes; empty for one that needs no new factors. */
    public static Optional<CorrectionMethod> of(ActionKind action, Settings settings) {
        double strength = settings.strength();
        double energy = settings.energy();
        return Optional.ofNullable(
                switch (action) {
                    case DROP, ZERO -> null;
                    case SCALE -> new Scaling(strength);
                    case PROJECT ->
                        settings.isSubspace()
                                ? new SubspaceProjection(energy, strength)
                                : new SafeLoraProjection(strength);
                    case ATTENUATE -> new Attenuation(energy, strength);
                    case DEFLATE -> new Deflation(energy, strength, settings.gain());
                });
    }
}

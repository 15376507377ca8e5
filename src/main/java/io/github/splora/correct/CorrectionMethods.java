package io.github.splora.correct;

import io.github.splora.surgery.ActionKind;
import java.util.Optional;

/** The corrections used by the actions that change a module's factors. */
public final class CorrectionMethods {

    private CorrectionMethods() {}

    /**
     * The parameters of a correction.
     *
     * @param strength from 0, which leaves a delta unchanged, to 1
     * @param energy share of ‖V‖² held by the subspaces that the action uses
     * @param gain factor that a deflated delta is multiplied by, above 0
     * @param isSubspace whether {@code project} projects onto that subspace instead of applying SafeLoRA's operator
     */
    public record Settings(double strength, double energy, double gain, boolean isSubspace) {}

    /** Returns the correction that an action applies; empty if the action needs no new factors. */
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

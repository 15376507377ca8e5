package io.github.splora.correct;

import io.github.splora.surgery.ActionKind;
import java.util.Optional;

/** The corrections used by the actions that change a module's factors. */
public final class CorrectionMethods {

    private CorrectionMethods() {}

    /** Returns the correction that an action applies; empty if the action needs no new factors. */
    public static Optional<CorrectionMethod> of(ActionKind action, CorrectionSettings settings) {
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

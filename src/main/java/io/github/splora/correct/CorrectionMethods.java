package io.github.splora.correct;

import io.github.splora.alignment.Accuracy;
import io.github.splora.surgery.ActionKind;
import java.util.Optional;

/** The corrections used by the actions that change a module's factors. */
public final class CorrectionMethods {

    private CorrectionMethods() {}

    /** Returns the correction that an action applies; empty if the action needs no new factors. */
    public static Optional<Correction> of(ActionKind action, CorrectionSettings settings) {
        double strength = settings.strength();
        double energy = settings.energy();
        return Optional.ofNullable(
                switch (action) {
                    case DROP, ZERO -> null;
                    case SCALE -> Correction.of(new Scaling(strength));
                    case PROJECT ->
                        Correction.of(
                                settings.isSubspace()
                                        ? new SubspaceProjection(energy, strength)
                                        : new SafeLoraProjection(strength));
                    case ATTENUATE -> Correction.of(new Attenuation(energy, strength));
                    case DEFLATE -> new Correction(deflation(settings), gain(settings), Optional.empty(), 0);
                    case RESTORE ->
                        new Correction(Optional.empty(), Gain.ONE, restoration(settings), settings.restored());
                    case REPAIR ->
                        new Correction(deflation(settings), gain(settings), restoration(settings), settings.restored());
                    case CONFINE ->
                        new Correction(
                                Optional.of(new Confinement(settings.inputs().orElseThrow(), settings.requestWeight())),
                                Gain.ONE,
                                restoration(settings),
                                settings.restored());
                });
    }

    private static Optional<CorrectionMethod> deflation(CorrectionSettings settings) {
        return Optional.of(new Deflation(settings.strength(), Accuracy.within(settings.tolerance())));
    }

    private static Gain gain(CorrectionSettings settings) {
        return new Gain(settings.gain(), settings.gainExponent());
    }

    private static Optional<CorrectionMethod> restoration(CorrectionSettings settings) {
        return settings.restored() == 0
                ? Optional.empty()
                : Optional.of(new Restoration(settings.restoredRank(), Accuracy.within(settings.tolerance())));
    }
}

package io.github.splora.correct;

import io.github.splora.alignment.Spectrum;
import io.github.splora.alignment.Subspaces;
import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

/** A correction that depends on V only through its dominant subspaces. */
abstract class SpectralCorrection implements CorrectionWalk {

    private final Spectrum spectrum;
    private final double energy;

    SpectralCorrection(Spectrum spectrum, double energy) {
        this.spectrum = spectrum;
        this.energy = energy;
        spectrum.require(energy);
    }

    abstract LowRank corrected(Subspaces v);

    @Override
    public final boolean ask(Pass pass) {
        return spectrum.ask(pass);
    }

    @Override
    public final LowRank corrected() {
        return corrected(spectrum.dominant(energy));
    }
}

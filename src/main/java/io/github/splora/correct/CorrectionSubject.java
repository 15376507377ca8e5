package io.github.splora.correct;

import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;

/**
 * The delta of one matrix {@code [out, in]}, to be corrected.
 *
 * @param module name of the module
 * @param delta {@code sBA}; the same object for all corrections of a module
 * @param spectrum the spectrum of V, shared by everything computed from the same matrix
 * @param spaces Krylov spaces of V and this delta, shared by all corrections of the same module
 */
public record CorrectionSubject(String module, LowRank delta, Spectrum spectrum, KrylovSpaces spaces) {}

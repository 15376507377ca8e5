package io.github.splora.measure;

import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.Delta;

/**
 * The delta of one matrix {@code [out, in]}, to be compared with a reference.
 *
 * @param delta ΔW
 * @param outFeatures out
 * @param inFeatures in
 * @param spectrum the spectrum of V, shared by everything computed from the same matrix
 */
public record Subject(Delta delta, long outFeatures, long inFeatures, Spectrum spectrum) {}

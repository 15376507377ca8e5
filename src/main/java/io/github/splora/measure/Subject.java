package io.github.splora.measure;

import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.Delta;

/**
 * What a reference is compared with: the delta of one matrix {@code [out, in]}.
 *
 * @param delta ΔW
 * @param outFeatures out
 * @param inFeatures in
 * @param spectrum V's, shared by all that look at the same matrix
 */
public record Subject(Delta delta, long outFeatures, long inFeatures, Spectrum spectrum) {}

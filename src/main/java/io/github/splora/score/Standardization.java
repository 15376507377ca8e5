package io.github.splora.score;

import io.github.splora.statistics.Estimators;

/**
 * What distances are judged against, for metrics that standardise.
 *
 * @param population whose moments
 * @param estimators how they are estimated
 */
public record Standardization(Population population, Estimators estimators) {}

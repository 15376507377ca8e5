package io.github.splora.score;

/**
 * What distances are judged against, for metrics that standardise.
 *
 * @param population whose moments
 * @param estimators how they are estimated
 */
public record Judging(Population population, Estimators estimators) {}

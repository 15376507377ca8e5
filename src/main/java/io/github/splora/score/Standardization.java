package io.github.splora.score;

import io.github.splora.statistics.Estimators;

/**
 * How metrics standardize distances.
 *
 * @param population what each module's distance is compared with
 * @param estimators estimators of the population's center and spread
 */
public record Standardization(Population population, Estimators estimators) {}

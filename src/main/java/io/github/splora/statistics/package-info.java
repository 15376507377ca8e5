/**
 * Estimators of the center and the spread of a sample of doubles. Does not know what the numbers measure.
 */
package io.github.splora.statistics;

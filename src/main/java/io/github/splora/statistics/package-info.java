/** Estimators of the center and the spread of a sample of doubles. */
package io.github.splora.statistics;

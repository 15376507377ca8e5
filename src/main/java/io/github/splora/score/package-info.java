/**
 * Turns measurements into scores, with metrics and populations that use plain doubles only. Does not know arrays or
 * files.
 */
package io.github.splora.score;

/**
 * Calibration files: what {@code scripts/record_calibration.py} recorded of the inputs of a model's layers. Does not know adapters or
 * deltas.
 */
package io.github.splora.calibration;

/**
 * Calibration files: what {@code scripts/record_calibration.py} recorded of the inputs of a model's layers. Does not know adapters,
 * or what is computed from the inputs.
 */
package io.github.splora.calibration;

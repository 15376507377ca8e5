/**
 * Finds the checkpoint tensor that holds each module's weight, by name and by storage layout, and reports everything
 * that does not match. Does not compute with the weights.
 */
package io.github.splora.pairing;

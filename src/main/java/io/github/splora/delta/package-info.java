/**
 * What a module adds to its weight, as factors that are never multiplied out; one class per kind of fine-tuning. Does
 * not know references or scores.
 */
package io.github.splora.delta;

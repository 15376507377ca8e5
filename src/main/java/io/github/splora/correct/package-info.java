/**
 * What can be done to a module's delta short of removing it: each correction is one file with its formula and source,
 * chosen in {@link io.github.splora.correct.Corrections}. A correction takes thin factors and gives thin factors of the
 * same rank; what it must know of V is worked out in the walks of a scoring, or in walks of its own.
 */
package io.github.splora.correct;

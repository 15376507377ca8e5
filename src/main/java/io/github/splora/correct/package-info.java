/**
 * Corrections: ways to change a module's delta without removing it, one file each with its formula and source, chosen
 * in {@link io.github.splora.correct.CorrectionMethods}. A correction takes tall-skinny factors and returns factors of
 * the same rank, or factors to be added as further ranks. It computes what it needs of V in the walks that scoring makes anyway, or in separate ones. Does not
 * know files or scores.
 */
package io.github.splora.correct;

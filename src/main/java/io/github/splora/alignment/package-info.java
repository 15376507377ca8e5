/**
 * Properties of an alignment delta {@code V = W_aligned − W_base : [out, in]} that take several walks over the weights:
 * its dominant subspaces and SafeLoRA's operator. Does not know which reference or correction uses them.
 */
package io.github.splora.alignment;

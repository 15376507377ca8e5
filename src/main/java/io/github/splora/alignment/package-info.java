/**
 * What is to be known of an alignment delta {@code V = W_aligned − W_base : [out, in]} beyond products with it: its
 * dominant subspaces, and SafeLoRA's operator.
 */
package io.github.splora.alignment;

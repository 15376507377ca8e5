package io.github.splora.tensor;

/** The matrices {@code [out, in]} that a walk over a layer's weights can compute with. */
public enum Operand {
    /** {@code V = W_aligned − W_base}: the change made by alignment. */
    ALIGNMENT_DELTA,
    /** {@code W_aligned}, as stored. */
    ALIGNED,
    /** {@code W_adapted − W_aligned}: the change made by a merged fine-tune. */
    ADAPTED_DELTA
}

package io.github.splora.tensor;

/** The matrices {@code [out, in]} that a pass over a layer's weights can compute with. */
public enum Operand {
    /** {@code V = W_aligned − W_base}: what alignment changed. */
    ALIGNMENT_DELTA,
    /** {@code W_aligned}, as it is stored. */
    ALIGNED,
    /** {@code W_adapted − W_aligned}: what a merged fine-tune changed. */
    ADAPTED_DELTA
}

package io.github.splora.linalg;

/** The inner loops of {@link LongRows}: {@link PlainRowLoops} or {@link VectorRowLoops}. Thread-safe; shapes are already checked. */
interface RowLoops {

    /**
     * Computes {@code result := left · rightᵀ}.
     *
     * @param left {@code [k, n]}, k at least 1
     * @param right {@code [r, n]}, r at least 1
     * @param result {@code [k, r]}
     */
    void inner(Matrix left, Matrix right, Matrix result);

    /**
     * Computes {@code to += coefficientsᵀ · rows}.
     *
     * @param coefficients {@code [k, r]}
     * @param rows {@code [k, n]}, k at least 1
     * @param to {@code [r, n]}, r at least 1
     */
    void addCombinations(Matrix coefficients, Matrix rows, Matrix to);
}

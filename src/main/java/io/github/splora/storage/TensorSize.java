package io.github.splora.storage;

import java.util.List;

/** How much room a shape takes. All methods throw {@link ArithmeticException} where a long cannot hold the answer. */
public final class TensorSize {

    private TensorSize() {}

    /**
     * Product of the dimensions, 1 for rank 0. Multiplies from left to right and so, like the reference implementation,
     * refuses dimensions that overflow before a zero is reached.
     */
    public static long elements(List<Long> shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    public static long bits(DType dtype, List<Long> shape) {
        return Math.multiplyExact(elements(shape), (long) dtype.bits());
    }
}

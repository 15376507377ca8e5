package io.github.splora.storage;

import java.util.List;

/** Sizes of shapes. All methods throw {@link ArithmeticException} if the result exceeds a long. */
public final class TensorSize {

    private TensorSize() {}

    /**
     * Returns the product of the dimensions, 1 for a scalar. Multiplies from left to right, so, like the reference
     * implementation, it rejects dimensions that overflow before a zero is reached.
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

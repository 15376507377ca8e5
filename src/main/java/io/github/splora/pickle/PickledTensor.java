package io.github.splora.pickle;

import io.github.splora.storage.TensorSize;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.PickleException;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as described in a pickle: a view of a storage.
 *
 * @param storage the storage that holds its elements
 * @param offset index of its first element in the storage
 * @param shape the dimensions, outermost first
 * @param stride for each dimension, the number of elements between consecutive indices
 */
record PickledTensor(Storage storage, long offset, List<Long> shape, List<Long> stride) {

    /** PyTorch's own maximum number of dimensions; without a limit, one tuple could be copied endlessly. */
    private static final int MAX_RANK = 64;

    /**
     * Creates a tensor from the arguments of {@code torch._utils._rebuild_tensor_v2}.
     *
     * @param arguments storage, offset, shape, stride, two arguments that matter only for training, and optionally
     *     flags (conjugate, negative) that change the meaning of the values
     * @throws PickleException if the arguments are anything else, or if flags are present
     */
    static PickledTensor rebuilt(Object[] arguments) {
        if ((arguments.length == 6 || (arguments.length == 7 && isEmpty(arguments[6])))
                && arguments[0] instanceof Storage storage
                && arguments[2] instanceof Object[] shape
                && arguments[3] instanceof Object[] stride
                && shape.length == stride.length
                && shape.length <= MAX_RANK) {
            return new PickledTensor(storage, Storage.count(arguments[1]), counts(shape), counts(stride));
        }
        throw new PickleException("a tensor is not described by storage, offset, shape and stride");
    }

    /**
     * Returns the tensor from the arguments of {@code torch._utils._rebuild_parameter}; the other two matter only for
     * training.
     */
    static PickledTensor parameter(Object[] arguments) {
        if (arguments.length == 3 && arguments[0] instanceof PickledTensor tensor) {
            return tensor;
        }
        throw new PickleException("a parameter does not contain a tensor");
    }

    /** Returns the number of elements; throws {@link ArithmeticException} if it does not fit into a long. */
    long elements() {
        return TensorSize.elements(shape);
    }

    /** Whether the elements are consecutive, with the last dimension varying fastest. */
    boolean isContiguous() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1 && stride.get(i) != expected) {
                return elements() == 0;
            }
            expected = Math.multiplyExact(expected, shape.get(i));
        }
        return true;
    }

    private static boolean isEmpty(@Nullable Object flags) {
        return flags == null || (flags instanceof Map<?, ?> map && map.isEmpty());
    }

    private static List<Long> counts(Object[] values) {
        return Arrays.stream(values).map(Storage::count).toList();
    }
}

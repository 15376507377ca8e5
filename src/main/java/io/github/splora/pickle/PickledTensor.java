package io.github.splora.pickle;

import io.github.splora.storage.TensorSize;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.PickleException;

/**
 * A tensor as a pickle describes it: a view of a storage.
 *
 * @param storage where its numbers lie
 * @param offset of its first element in the storage, in elements
 * @param shape the dimensions, outermost first
 * @param stride for each dimension, the elements from one index to the next
 */
record PickledTensor(Storage storage, long offset, List<Long> shape, List<Long> stride) {

    /** Dimensions that PyTorch itself computes with at most; without a limit one tuple could be copied without end. */
    private static final int MAX_RANK = 64;

    /**
     * What {@code torch._utils._rebuild_tensor_v2} is called with.
     *
     * @param arguments storage, offset, shape, stride, two that matter to training only, and optionally flags (conjugate,
     *     negative) which change what the numbers mean
     * @throws PickleException if they are anything else, or if there are flags
     */
    static PickledTensor rebuilt(Object[] arguments) {
        if ((arguments.length == 6 || arguments.length == 7 && isEmpty(arguments[6]))
                && arguments[0] instanceof Storage storage
                && arguments[2] instanceof Object[] shape
                && arguments[3] instanceof Object[] stride
                && shape.length == stride.length
                && shape.length <= MAX_RANK) {
            return new PickledTensor(storage, Storage.count(arguments[1]), counts(shape), counts(stride));
        }
        throw new PickleException("a tensor is not described by storage, offset, shape and stride");
    }

    /** What {@code torch._utils._rebuild_parameter} is called with: a tensor, and two that matter to training only. */
    static PickledTensor parameter(Object[] arguments) {
        if (arguments.length == 3 && arguments[0] instanceof PickledTensor tensor) {
            return tensor;
        }
        throw new PickleException("a parameter is not made of a tensor");
    }

    /** Throws {@link ArithmeticException} where a long cannot hold it. */
    long elements() {
        return TensorSize.elements(shape);
    }

    /** Whether the elements lie one after the other, the last dimension varying fastest. */
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

    private static boolean isEmpty(Object flags) {
        return flags == null || flags instanceof Map<?, ?> map && map.isEmpty();
    }

    private static List<Long> counts(Object[] values) {
        return Arrays.stream(values).map(Storage::count).toList();
    }
}

package io.github.splora.inspect;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.util.ArrayList;
import java.util.List;

/** Whether two checkpoints hold the same weights, by samples of them. */
enum WeightIdentity {
    /** All samples of matrices are equal. */
    SAME,
    /** Those of most matrices are not. */
    DIFFERENT,
    /** A few matrices differ, or both have none of the same name and shape in a float type, so that nothing can be compared. */
    UNKNOWN;

    /** Tensors that are compared at most, evenly chosen among those that both have. */
    private static final int MOST_TENSORS = 256;
    /** Samples of each tensor, from its first elements to its last ones. */
    private static final int SAMPLES = 16;

    private static final int SAMPLE_ELEMENTS = 32;
    /** Relative error of bfloat16, and the smallest number of float16. */
    private static final double ROUNDING = 0x1p-7;

    private static final double SMALLEST = 0x1p-24;

    static WeightIdentity of(Checkpoint one, Checkpoint other) {
        List<String> common = new ArrayList<>();
        one.tensorNames().stream().filter(other::contains).forEach(common::add);
        // Rounded up, so that no more are compared; embeddings come early or late in the order of names.
        int step = Math.max(1, (common.size() + MOST_TENSORS - 1) / MOST_TENSORS);
        int compared = 0;
        int different = 0;
        for (int i = 0; i < common.size(); i++) {
            if (i % step != 0 && !common.get(i).contains("emb")) {
                continue;
            }
            StoredTensor first = one.tensor(common.get(i));
            StoredTensor second = other.tensor(common.get(i));
            boolean isComparable = first.shape().size() >= 2
                    && first.info().elementCount() > 0
                    && DType.WEIGHTS.contains(first.dtype())
                    && DType.WEIGHTS.contains(second.dtype())
                    && first.shape().equals(second.shape());
            if (isComparable) {
                compared++;
                different += areSamplesEqual(first, second) ? 0 : 1;
            }
        }
        return compared == 0 || (different > 0 && different <= compared / 2)
                ? UNKNOWN
                : different == 0 ? SAME : DIFFERENT;
    }

    /** Values that are stored in different types are equal up to rounding. */
    private static boolean areSamplesEqual(StoredTensor first, StoredTensor second) {
        boolean isExact = first.dtype() == second.dtype();
        long elements = first.info().elementCount();
        int length = (int) Math.min(SAMPLE_ELEMENTS, elements);
        long room = elements - length;
        for (int i = 0; i < (room == 0 ? 1 : SAMPLES); i++) {
            long offset = room / (SAMPLES - 1) * i;
            double[] one = Values.of(first, offset, length);
            double[] other = Values.of(second, offset, length);
            for (int j = 0; j < length; j++) {
                double tolerance = isExact ? 0 : SMALLEST + ROUNDING * Math.max(Math.abs(one[j]), Math.abs(other[j]));
                if (Double.compare(one[j], other[j]) != 0 && !(Math.abs(one[j] - other[j]) <= tolerance)) {
                    return false;
                }
            }
        }
        return true;
    }
}

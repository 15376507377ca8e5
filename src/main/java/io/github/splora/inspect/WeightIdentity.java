package io.github.splora.inspect;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Whether two checkpoints hold the same weights, by samples of them. */
enum WeightIdentity {
    /** All samples of matrices are equal. */
    SAME,
    /** Those of most matrices are not. */
    DIFFERENT,
    /** A few matrices differ, or none is stored in the same way by both, so that nothing can be compared. */
    UNKNOWN;

    /** Tensors that are compared at most, evenly chosen among those that both have. */
    private static final int MOST_TENSORS = 256;
    /** Samples of each tensor, from its first byte to its last one. */
    private static final int SAMPLES = 16;

    private static final int SAMPLE_BYTES = 64;

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
                    && first.byteLength() > 0
                    && first.dtype() == second.dtype()
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

    private static boolean areSamplesEqual(StoredTensor first, StoredTensor second) {
        int length = (int) Math.min(SAMPLE_BYTES, first.byteLength());
        long room = first.byteLength() - length;
        for (int i = 0; i < (room == 0 ? 1 : SAMPLES); i++) {
            long offset = room / (SAMPLES - 1) * i;
            if (!sample(first, offset, length).equals(sample(second, offset, length))) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer sample(StoredTensor tensor, long offset, int length) {
        byte[] bytes = new byte[length];
        tensor.read(offset, ByteBuffer.wrap(bytes));
        return ByteBuffer.wrap(bytes);
    }
}

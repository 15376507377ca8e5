package io.github.splora.tensor;

import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredMatrix.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A block of consecutive rows that lies within one stretch of each matrix that is walked over.
 *
 * @param first its first row
 * @param count how many it has
 */
public record BlockRows(long first, int count) {

    /** All rows of the matrices, which have the same shape, in blocks of at most {@code most}. */
    public static List<BlockRows> of(List<StoredMatrix> matrices, int most) {
        TreeSet<Long> bounds = new TreeSet<>();
        for (StoredMatrix matrix : matrices) {
            long end = 0;
            for (Stretch stretch : matrix.stretches()) {
                end += stretch.rows();
                bounds.add(end);
            }
        }
        List<BlockRows> blocks = new ArrayList<>();
        long first = 0;
        for (long end : bounds) {
            while (first < end) {
                int count = (int) Math.min(most, end - first);
                blocks.add(new BlockRows(first, count));
                first += count;
            }
        }
        return blocks;
    }
}

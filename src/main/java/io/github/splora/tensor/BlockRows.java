package io.github.splora.tensor;

import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredMatrix.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A block of consecutive rows that lies within a single stretch of each matrix in a walk.
 *
 * @param first index of the first row
 * @param count number of rows
 */
public record BlockRows(long first, int count) {

    /** Divides the rows of matrices of the same shape into blocks of at most {@code most} rows. */
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

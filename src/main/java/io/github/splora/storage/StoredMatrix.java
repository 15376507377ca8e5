package io.github.splora.storage;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix as it lies in files: stretches of whole rows, one below the other. Most are one tensor; an expert's weight is
 * a stretch of a larger one, and a fused weight may have been saved in parts.
 *
 * @param stretches at least one, each with at least one row
 * @param columns of all of them
 */
public record StoredMatrix(List<Stretch> stretches, long columns) {

    /**
     * Rows of one tensor, seen as a matrix.
     *
     * @param tensor whose elements lie row after row
     * @param firstRow where the stretch begins
     * @param rows how many it has
     * @param scales what stored numbers are to be multiplied with
     */
    public record Stretch(StoredTensor tensor, long firstRow, long rows, Scales scales) {

        long byteLength(long columns) {
            return rows * columns * tensor.dtype().bits() / Byte.SIZE;
        }
    }

    public StoredMatrix {
        stretches = List.copyOf(stretches);
    }

    /** A matrix that is a tensor. */
    public static StoredMatrix of(StoredTensor tensor) {
        return of(tensor, tensor.shape().get(0), Scales.NONE);
    }

    /**
     * A whole tensor, whatever its dimensions, as a matrix of so many rows: a convolution's kernel flattened, a stack of
     * experts one below the other.
     *
     * @param rows a divisor of the number of elements
     */
    public static StoredMatrix of(StoredTensor tensor, long rows, Scales scales) {
        return new StoredMatrix(
                List.of(new Stretch(tensor, 0, rows, scales)), tensor.info().elementCount() / Math.max(1, rows));
    }

    /** One below the other. */
    public static StoredMatrix stacked(List<StoredMatrix> parts) {
        return new StoredMatrix(
                parts.stream().flatMap(part -> part.stretches.stream()).toList(),
                parts.get(0).columns());
    }

    /** Rows {@code [first, first + count)} of it. */
    public StoredMatrix slice(long first, long count) {
        List<Stretch> cut = new ArrayList<>();
        long start = 0;
        for (Stretch stretch : stretches) {
            long from = Math.max(first, start);
            long to = Math.min(first + count, start + stretch.rows());
            if (from < to) {
                cut.add(new Stretch(stretch.tensor(), stretch.firstRow() + from - start, to - from, stretch.scales()));
            }
            start += stretch.rows();
        }
        return new StoredMatrix(cut, columns);
    }

    public long rows() {
        return stretches.stream().mapToLong(Stretch::rows).sum();
    }

    /** {@code [rows, columns]}. */
    public List<Long> shape() {
        return List.of(rows(), columns);
    }

    /** The tensors it is made of, for messages. */
    public List<StoredTensor> tensors() {
        return stretches.stream().map(Stretch::tensor).distinct().toList();
    }

    /** Bytes on disk. */
    public long byteLength() {
        return stretches.stream()
                .mapToLong(stretch -> stretch.byteLength(columns))
                .sum();
    }
}

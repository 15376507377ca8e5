package io.github.splora.storage;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix stored in files: stretches of whole rows, one below the other. Most matrices are one tensor; an expert's weight is
 * a stretch of a larger tensor, and a fused weight may have been saved in parts.
 *
 * @param stretches at least one, each with at least one row
 * @param columns of every stretch
 */
public record StoredMatrix(List<Stretch> stretches, long columns) {

    /**
     * Rows of one tensor, seen as a matrix.
     *
     * @param tensor stored row by row
     * @param firstRow first row of the stretch
     * @param rows number of rows
     * @param scales by which stored numbers are multiplied
     */
    public record Stretch(StoredTensor tensor, long firstRow, long rows, Scales scales) {

        long byteLength(long columns) {
            return rows * columns * tensor.dtype().bits() / Byte.SIZE;
        }
    }

    public StoredMatrix {
        stretches = List.copyOf(stretches);
    }

    /** Returns a matrix that is one tensor. */
    public static StoredMatrix of(StoredTensor tensor) {
        return of(tensor, tensor.shape().get(0), Scales.NONE);
    }

    /**
     * Returns a whole tensor of any number of dimensions as a matrix: a flattened convolution kernel, or a stack of experts one
     * below the other.
     *
     * @param rows a divisor of the number of elements
     */
    public static StoredMatrix of(StoredTensor tensor, long rows, Scales scales) {
        return new StoredMatrix(
                List.of(new Stretch(tensor, 0, rows, scales)), tensor.info().elementCount() / Math.max(1, rows));
    }

    /** Stacks matrices with equal numbers of columns, one below the other. */
    public static StoredMatrix stacked(List<StoredMatrix> parts) {
        return new StoredMatrix(
                parts.stream().flatMap(part -> part.stretches.stream()).toList(),
                parts.get(0).columns());
    }

    /** Returns rows {@code [first, first + count)}. */
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

    /** Returns the tensors that it consists of, without duplicates. */
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

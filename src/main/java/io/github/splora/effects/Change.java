package io.github.splora.effects;

import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a tensor differs from its aligned counterpart, as sums over the elements, in float64.
 *
 * @param squared {@code ‖Δ‖²}
 * @param inner {@code ⟨Δ, V⟩} with the alignment delta V of the same tensor
 * @param alignment {@code ‖V‖²}; 0 if there is no counterpart in the base checkpoint
 */
record Change(double squared, double inner, double alignment) {

    private static final int CHUNK = 1 << 17;
    private static final int CHUNK_BYTES = 1 << 20;

    /** Norm of the change; null if it is not finite. */
    @Nullable
    Double norm() {
        double norm = Math.sqrt(squared);
        return Double.isFinite(norm) ? Double.valueOf(norm) : null;
    }

    /** Cosine between Δ and V; null if it is undefined. */
    @Nullable
    Double cosine() {
        double cosine = inner / (Math.sqrt(squared) * Math.sqrt(alignment));
        return Double.isFinite(cosine) ? Double.valueOf(Math.max(-1, Math.min(1, cosine))) : null;
    }

    /** Whether Δ is exactly zero. */
    boolean isNone() {
        return squared == 0;
    }

    /** Returns the whole tensor as a change, for one without a counterpart; empty if its elements are not numbers. */
    static Optional<Change> added(StoredTensor tensor) {
        return isReadable(tensor)
                ? Optional.of(new Change(squares(tensor, 0, tensor.info().elementCount()), 0, 0))
                : Optional.empty();
    }

    /**
     * Compares a tensor with its aligned counterpart. If one of them has more rows, these count as a whole.
     *
     * @param base the counterpart in the base checkpoint; used only if it has the same shape
     * @return empty if the two cannot be compared
     */
    static Optional<Change> of(StoredTensor tensor, StoredTensor aligned, Optional<StoredTensor> base) {
        if (isSame(tensor, aligned)) {
            return Optional.of(new Change(0, 0, 0));
        }
        if (!isReadable(tensor) || !isReadable(aligned) || !row(tensor).equals(row(aligned))) {
            return Optional.empty();
        }
        long count = tensor.info().elementCount();
        long common = Math.min(count, aligned.info().elementCount());
        Optional<StoredTensor> from =
                base.filter(each -> isReadable(each) && each.shape().equals(aligned.shape()));
        double squared = squares(tensor, common, count)
                + squares(aligned, common, aligned.info().elementCount());
        double inner = 0;
        double alignment = 0;
        for (long first = 0; first < common; first += CHUNK) {
            int size = (int) Math.min(CHUNK, common - first);
            double[] now = Values.of(tensor, first, size);
            double[] old = Values.of(aligned, first, size);
            double[] start = from.isPresent() ? Values.of(from.get(), first, size) : old;
            for (int i = 0; i < size; i++) {
                double difference = now[i] - old[i];
                double v = old[i] - start[i];
                squared += difference * difference;
                inner += difference * v;
                alignment += v * v;
            }
        }
        return Optional.of(new Change(squared, inner, alignment));
    }

    /**
     * Compares rows with the rows of the aligned tensor that they replace.
     *
     * @param rows index of the aligned row that each row replaces
     * @return empty if they do not fit
     */
    static Optional<Change> ofRows(StoredTensor tensor, List<Integer> rows, StoredTensor aligned) {
        boolean fits = isReadable(tensor)
                && isReadable(aligned)
                && row(tensor).equals(row(aligned))
                && tensor.shape().size() == 2
                && tensor.shape().get(0) == rows.size()
                && rows.stream()
                        .allMatch(row -> row >= 0 && row < aligned.shape().get(0));
        if (!fits) {
            return Optional.empty();
        }
        int columns = Math.toIntExact(aligned.shape().get(1));
        double squared = 0;
        for (int i = 0; i < rows.size(); i++) {
            double[] now = Values.of(tensor, (long) i * columns, columns);
            double[] old = Values.of(aligned, (long) rows.get(i) * columns, columns);
            for (int column = 0; column < columns; column++) {
                double difference = now[column] - old[column];
                squared += difference * difference;
            }
        }
        return Optional.of(new Change(squared, 0, 0));
    }

    /** The dimensions of one row. */
    private static List<Long> row(StoredTensor tensor) {
        return tensor.shape().isEmpty()
                ? List.of()
                : tensor.shape().subList(1, tensor.shape().size());
    }

    private static boolean isReadable(StoredTensor tensor) {
        return DType.WEIGHTS.contains(tensor.dtype());
    }

    private static boolean isSame(StoredTensor one, StoredTensor other) {
        if (one.dtype() != other.dtype() || !one.shape().equals(other.shape())) {
            return false;
        }
        for (long offset = 0; offset < one.byteLength(); offset += CHUNK_BYTES) {
            int length = (int) Math.min(CHUNK_BYTES, one.byteLength() - offset);
            ByteBuffer bytes = one.read(offset, length);
            if (bytes.mismatch(other.read(offset, length)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the sum of the squares of elements {@code [first, end)}. */
    private static double squares(StoredTensor tensor, long first, long end) {
        double sum = 0;
        for (long begin = first; begin < end; begin += CHUNK) {
            for (double value : Values.of(tensor, begin, (int) Math.min(CHUNK, end - begin))) {
                sum += value * value;
            }
        }
        return sum;
    }
}

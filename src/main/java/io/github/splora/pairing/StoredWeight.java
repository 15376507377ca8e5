package io.github.splora.pairing;

import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A module's weight as stored in a checkpoint.
 *
 * @param shape the shape of the whole weight in the model's memory
 * @param pieces the tensor parts that make up the weight, in element order
 */
record StoredWeight(List<Long> shape, List<Piece> pieces) {

    /**
     * Consecutive elements of a tensor.
     *
     * @param first index of the first element
     * @param count number of elements
     */
    record Piece(StoredTensor tensor, long first, long count) {

        static Piece whole(StoredTensor tensor) {
            return new Piece(tensor, 0, tensor.info().elementCount());
        }
    }

    /** Returns a weight that consists of one whole tensor. */
    static StoredWeight of(StoredTensor tensor) {
        return new StoredWeight(tensor.shape(), List.of(Piece.whole(tensor)));
    }

    Stream<StoredTensor> tensors() {
        return pieces.stream().map(Piece::tensor).distinct();
    }

    /** Returns the name of the tensor, or of the first of several, for messages. */
    String name() {
        return pieces.get(0).tensor().name();
    }

    /** Returns the description of this weight for messages. */
    String label() {
        long others = tensors().count() - 1;
        return TensorInfo.label(name()) + (others == 0 ? "" : " and " + others + " more");
    }

    /**
     * Returns the whole weight as a matrix with the given number of rows.
     *
     * @param scales gives the scales of each tensor's stored values
     */
    StoredMatrix asMatrix(long rows, Function<StoredTensor, Scales> scales) {
        long columns = shape.stream().reduce(1L, Math::multiplyExact) / Math.max(1, rows);
        return StoredMatrix.stacked(
                pieces.stream().map(piece -> asMatrix(piece, columns, scales)).toList());
    }

    private static StoredMatrix asMatrix(Piece piece, long columns, Function<StoredTensor, Scales> scales) {
        StoredTensor tensor = piece.tensor();
        return StoredMatrix.of(tensor, tensor.info().elementCount() / Math.max(1, columns), scales.apply(tensor))
                .slice(piece.first() / Math.max(1, columns), piece.count() / Math.max(1, columns));
    }
}

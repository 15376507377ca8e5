package io.github.splora.pairing;

import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A module's weight as a checkpoint holds it.
 *
 * @param shape of the weight as a whole, as the model has it in memory
 * @param pieces what its elements are made of, in their order
 */
record StoredWeight(List<Long> shape, List<Piece> pieces) {

    /**
     * Elements of a tensor that follow each other.
     *
     * @param first the first of them
     * @param count how many
     */
    record Piece(StoredTensor tensor, long first, long count) {

        static Piece whole(StoredTensor tensor) {
            return new Piece(tensor, 0, tensor.info().elementCount());
        }
    }

    /** A weight that is a tensor. */
    static StoredWeight of(StoredTensor tensor) {
        return new StoredWeight(tensor.shape(), List.of(Piece.whole(tensor)));
    }

    Stream<StoredTensor> tensors() {
        return pieces.stream().map(Piece::tensor).distinct();
    }

    /** For messages: the name of the tensor, or of the first of several. */
    String name() {
        return pieces.get(0).tensor().name();
    }

    /** How messages name it. */
    String label() {
        long others = tensors().count() - 1;
        return TensorInfo.label(name()) + (others == 0 ? "" : " and " + others + " more");
    }

    /**
     * All of it, as a matrix of so many rows.
     *
     * @param scales what the numbers of a tensor are multiplied with
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

package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TransposedFile;
import java.util.List;

/** Stacks of experts, which one checkpoint may store as {@code [E, in, out]} and another as {@code [E, out, in]}. */
final class Stacks {

    private Stacks() {}

    /**
     * Whether a checkpoint stores its stacks transposed with respect to another: whether all stacks whose shapes show it agree
     * on that.
     */
    static boolean areFlipped(Checkpoint checkpoint, WeightNames names, Checkpoint other) {
        List<Boolean> votes = other.tensorNames().stream()
                .filter(name -> name.contains(".experts."))
                .map(other::tensor)
                .filter(tensor -> tensor.shape().size() == 3)
                .flatMap(tensor -> names.named(tensor.name()).stream()
                        .map(name -> checkpoint.tensor(name).shape())
                        .filter(shape -> !isSquare(shape))
                        .map(shape -> isFlipped(shape, tensor.shape())))
                .distinct()
                .toList();
        return votes.equals(List.of(true));
    }

    /**
     * Returns a stack in the orientation of another shape; any other tensor as it is.
     *
     * @param squareIsFlipped whether a stack of square matrices is transposed
     */
    static StoredTensor oriented(StoredTensor tensor, List<Long> shape, boolean squareIsFlipped) {
        boolean isFlipped = (isSquare(shape) && tensor.shape().equals(shape))
                ? squareIsFlipped && tensor.name().contains(".experts.")
                : isFlipped(tensor.shape(), shape) && !tensor.shape().equals(shape);
        return isFlipped && tensor.dtype().bits() > Byte.SIZE ? TransposedFile.of(tensor) : tensor;
    }

    private static boolean isFlipped(List<Long> shape, List<Long> other) {
        return shape.size() == 3
                && other.size() == 3
                && shape.equals(List.of(other.get(0), other.get(2), other.get(1)));
    }

    private static boolean isSquare(List<Long> shape) {
        return shape.size() == 3 && shape.get(1).equals(shape.get(2));
    }
}

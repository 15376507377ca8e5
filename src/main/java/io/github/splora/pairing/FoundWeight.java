package io.github.splora.pairing;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TransposedFile;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A module's weight found in one checkpoint.
 *
 * @param whole all its matrices as stored, stacked row-wise
 * @param transpositions whether each matrix may be transposed: false for {@code [out, in]}, true for {@code [in, out]};
 *     both if it is square
 */
record FoundWeight(StoredMatrix whole, Set<Boolean> transpositions) {

    /** Whether the shape alone does not show if the weight is transposed. */
    boolean isAmbiguous() {
        return transpositions.size() > 1;
    }

    /** Whether the weight is transposed; {@code squareIsTransposed} decides for ambiguous weights. */
    boolean isTransposed(boolean squareIsTransposed) {
        return isAmbiguous() ? squareIsTransposed : transpositions.contains(true);
    }

    /** Whether the weight is one stack of matrices, which {@link #flipped} can transpose. */
    boolean canBeFlipped() {
        return whole.stretches().size() == 1
                && whole.stretches().get(0).tensor().shape().size() == 3
                && whole.tensors().get(0).dtype().bits() > Byte.SIZE;
    }

    /** Returns a stack {@code [E, in, out]} as {@code [E, out, in]}. */
    FoundWeight flipped() {
        StoredTensor view = TransposedFile.of(whole.tensors().get(0));
        long rows = view.shape().get(0) * view.shape().get(1);
        return new FoundWeight(StoredMatrix.of(view, rows, Scales.NONE), Set.of(false));
    }

    /** Returns the matrices, one for each pair of the module's factors. */
    List<StoredMatrix> matrices(LoraModule module) {
        Dimensions d = module.dimensions();
        long rows = whole.rows() / d.matrices();
        return IntStream.range(0, d.matrices())
                .mapToObj(i -> whole.slice(i * rows, rows))
                .toList();
    }
}

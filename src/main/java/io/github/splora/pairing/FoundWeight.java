package io.github.splora.pairing;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.StoredMatrix;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A module's weight in one checkpoint.
 *
 * @param whole all its matrices, one below the other, as they are stored
 * @param transpositions how each may lie: false for {@code [out, in]}, true for {@code [in, out]}; both where it is
 *     square
 */
record FoundWeight(StoredMatrix whole, Set<Boolean> transpositions) {

    /** Whether its shape alone does not tell how it lies. */
    boolean isAmbiguous() {
        return transpositions.size() > 1;
    }

    /** How it lies, if {@code squareIsTransposed} holds for those that do not tell. */
    boolean isTransposed(boolean squareIsTransposed) {
        return isAmbiguous() ? squareIsTransposed : transpositions.contains(true);
    }

    /** The matrices, one for each pair of the module's factors. */
    List<StoredMatrix> matrices(LoraModule module) {
        Dimensions d = module.dimensions();
        long rows = whole.rows() / d.matrices();
        return IntStream.range(0, d.matrices())
                .mapToObj(i -> whole.slice(i * rows, rows))
                .toList();
    }
}

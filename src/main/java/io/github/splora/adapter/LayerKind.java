package io.github.splora.adapter;

import io.github.splora.linalg.Matrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the two stored factors of a module make up the delta of its layer's weight. A kind of layer is one file, chosen in
 * {@link LayerKinds}. Whatever the kind, a weight comes down to one or more matrices {@code W : [out, in]}, each with a
 * delta {@code s·BA}.
 */
public interface LayerKind {

    /** What users call it. */
    String label();

    /** Whether {@code target_parameters} names what it is on, rather than {@code target_modules}. */
    default boolean onParameter() {
        return false;
    }

    /**
     * What is wrong with the shapes of A and B, each of which has only positive dimensions.
     *
     * @return the tensor at fault and why; empty if they fit together
     */
    Optional<Misfit> misfit(StoredTensor loraA, StoredTensor loraB);

    /** The sizes that A and B, which fit, stand for. */
    Dimensions dimensions(StoredTensor loraA, StoredTensor loraB);

    /**
     * How a weight of that shape could lie in a checkpoint.
     *
     * @return false for {@code [out, in]}, true for {@code [in, out]}; both for a square one; none if it is of another
     *     layer
     */
    Set<Boolean> transpositions(Dimensions dimensions, List<Long> weightShape);

    /** The shapes that a weight may have, for messages. */
    List<List<Long>> weightShapes(Dimensions dimensions);

    /** Whether PEFT takes a part out of the weight for {@link Initialization}s that begin with one. */
    default boolean canBeginWithWeight() {
        return false;
    }

    /** Reads the unscaled factors of each matrix, in the order in which the matrices lie in the weight. */
    default List<Factors> factors(StoredTensor loraA, StoredTensor loraB) {
        Dimensions d = dimensions(loraA, loraB);
        return List.of(new Factors(matrix(d.rank(), d.in(), loraA), matrix(d.out(), d.rank(), loraB)));
    }

    /** The elements of the A that these factors lie in, in the order in which it is stored: what {@link #factors} undoes. */
    default double[] valuesOfA(List<Factors> factors) {
        return factors.get(0).a().values();
    }

    /** Those of B. */
    default double[] valuesOfB(List<Factors> factors) {
        return factors.get(0).b().values();
    }

    /**
     * Sizes of a module.
     *
     * @param out outputs of one matrix
     * @param in inputs of one matrix; of a flattened kernel for a convolution
     * @param rank r of one matrix
     * @param matrices how many matrices the weight consists of
     */
    record Dimensions(long out, long in, long rank, int matrices) {}

    /**
     * The factors of one matrix.
     *
     * @param a {@code A : [r, in]}
     * @param b {@code B : [out, r]}
     */
    record Factors(Matrix a, Matrix b) {}

    /** A tensor that cannot be what its name says. */
    record Misfit(StoredTensor tensor, String explanation) {}

    private static Matrix matrix(long rows, long columns, StoredTensor tensor) {
        return new Matrix(Math.toIntExact(rows), Math.toIntExact(columns), Values.of(tensor));
    }
}

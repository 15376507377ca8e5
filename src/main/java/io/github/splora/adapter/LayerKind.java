package io.github.splora.adapter;

import io.github.splora.linalg.Matrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a module's two stored factors form the delta of its layer's weight. Each kind of layer is one file, chosen in
 * {@link LayerKinds}. For every kind, a weight consists of one or more matrices {@code W : [out, in]}, each with a delta
 * {@code s·BA}.
 */
public interface LayerKind {

    /** Name of the kind, for users. */
    String label();

    /** Whether the config lists the layer in {@code target_parameters} rather than in {@code target_modules}. */
    default boolean onParameter() {
        return false;
    }

    /** Whether the rows of A multiply the layer's inputs as they are, so that what it reads can be recorded. */
    default boolean readsFeatures() {
        return false;
    }

    /**
     * Checks the shapes of A and B, whose dimensions are all positive.
     *
     * @return the tensor at fault and the reason; empty if the shapes fit
     */
    Optional<Misfit> misfit(StoredTensor loraA, StoredTensor loraB);

    /** Returns the sizes that A and B imply; their shapes must fit. */
    Dimensions dimensions(StoredTensor loraA, StoredTensor loraB);

    /**
     * Returns the ways in which a weight of that shape can be stored in a checkpoint.
     *
     * @return false for {@code [out, in]}, true for {@code [in, out]}; both for a square one; none if the shape
     *     belongs to another layer
     */
    Set<Boolean> transpositions(Dimensions dimensions, List<Long> weightShape);

    /** Returns the shapes that a weight may have, for messages. */
    List<List<Long>> weightShapes(Dimensions dimensions);

    /** Whether PEFT applies {@link Initialization}s that subtract a part of the weight. */
    default boolean canBeginWithWeight() {
        return false;
    }

    /** Reads the unscaled factors of each matrix, in the order in which the matrices lie in the weight. */
    default List<Factors> factors(StoredTensor loraA, StoredTensor loraB) {
        Dimensions d = dimensions(loraA, loraB);
        return List.of(new Factors(matrix(d.rank(), d.in(), loraA), matrix(d.out(), d.rank(), loraB)));
    }

    /** Returns the elements of the stored A for these factors, in stored order: the inverse of {@link #factors}. */
    default double[] valuesOfA(List<Factors> factors) {
        return factors.get(0).a().values();
    }

    /** Returns the elements of the stored B. */
    default double[] valuesOfB(List<Factors> factors) {
        return factors.get(0).b().values();
    }

    /**
     * Sizes of a module.
     *
     * @param out outputs of one matrix
     * @param in inputs of one matrix; of a flattened kernel for a convolution
     * @param rank r, of one matrix
     * @param matrices number of matrices in the weight
     */
    record Dimensions(long out, long in, long rank, int matrices) {}

    /**
     * The factors of one matrix.
     *
     * @param a {@code A : [r, in]}
     * @param b {@code B : [out, r]}
     */
    record Factors(Matrix a, Matrix b) {}

    /** A tensor whose shape does not fit its name. */
    record Misfit(StoredTensor tensor, String explanation) {}

    private static Matrix matrix(long rows, long columns, StoredTensor tensor) {
        return new Matrix(Math.toIntExact(rows), Math.toIntExact(columns), Values.of(tensor));
    }
}

package io.github.splora.tensor.loops;

import io.github.splora.linalg.Vectors;
import io.github.splora.storage.DType;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The loops over tiles that take nearly all of a walk's time: {@link PlainLoops} or {@link VectorLoops}. {@link Loops} has
 * what both share, because the compiler does it equally well. Not thread-safe.
 *
 * <p>Tall-skinny matrices are in float32, with {@code k} padded by zeros to a multiple of {@link #RANK_STEP}.
 */
public interface TileLoops {

    /** Loops may write this many elements of a row at a time: rows have room for a multiple of it. */
    int COLUMN_STEP = 32;

    /** The number of a tall-skinny matrix's columns is rounded up to a multiple of this. */
    int RANK_STEP = 4;

    /** Returns a factory of loops with vectors, or empty if this machine has no vectors that are worth using. */
    static Optional<Supplier<TileLoops>> vectors() {
        return Vectors.find(TileLoops.class, "io.github.splora.tensor.loops.VectorLoops");
    }

    /**
     * Returns the tile shape that these loops are fastest with.
     *
     * @param isOnlyWeighed whether the walk needs no {@link #multiplyRows}
     */
    Tile.Shape shape(boolean isOnlyWeighed);

    /**
     * Subtracts stored 16-bit floats, if these loops can do that faster than by converting them to float32 first. They come in
     * pairs, the one at the even index in the lower half.
     *
     * @param type of both operands; all float16s must be finite; types other than 16-bit floats are not read
     * @param pairs the minuends, with {@link #COLUMN_STEP} more elements after the last
     * @param minus the subtrahends, as many
     * @param first index of the first pair
     * @param even receives the differences of the lower halves, of {@code n} pairs or up to {@link #COLUMN_STEP} - 1 more
     * @param odd receives those of the upper halves
     * @return false if these loops cannot do that faster: then nothing was done
     */
    boolean subtract(DType type, int[] pairs, int[] minus, int first, int n, float[] even, float[] odd);

    /**
     * Computes k weighted sums of a tile's rows: {@code sums[k][j] = Σ_i tallSkinny[i][k]·tile[i][j]}.
     *
     * @param tallSkinny row by row
     * @param first index of the element for the tile's first row
     * @param rank number of its columns before padding
     */
    void weighRows(Tile tile, float[] tallSkinny, int first, int rank, float[][] sums);

    /**
     * Multiplies a tile's rows by a tall-skinny matrix: {@code sums[k][i] = Σ_j tile[i][j]·tallSkinny[k][j]}.
     *
     * @param tallSkinny column by column, with {@link #COLUMN_STEP} zeros after the last row
     * @param first its row for the tile's first column
     * @param rank number of its columns before padding
     */
    void multiplyRows(Tile tile, float[][] tallSkinny, int first, int rank, float[][] sums);
}

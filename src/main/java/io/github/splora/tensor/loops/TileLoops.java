package io.github.splora.tensor.loops;

import io.github.splora.storage.DType;

/**
 * The loops over tiles that take nearly all of a walk's time, in two ways: {@link PlainLoops} and {@link VectorLoops}. What
 * both share because Java's compiler is as good at it is in {@link Loops}. For one thread at a time.
 *
 * <p>Thin matrices are given in float32, with {@code k} rounded up to a multiple of {@link #RANK_STEP} by zeros.
 */
public interface TileLoops {

    /** Loops may write that much of a row at a time: rows have room for a multiple of it. */
    int COLUMN_STEP = 32;

    /** What the number of a thin matrix's columns is rounded up to. */
    int RANK_STEP = 4;

    /** Of the tiles that they are fastest with. */
    Tile.Shape shape(boolean isOnlyWeighed);

    /**
     * Subtracts numbers of 16 bits as they are stored, if that is faster than making float32s of them first. They come in pairs,
     * the one at the even place in the lower half.
     *
     * @param type of both; float16s must all be numbers, and of types that come in no pairs nothing is looked at
     * @param pairs with {@link #COLUMN_STEP} more behind those that are meant
     * @param minus as many
     * @param first of those that are meant
     * @param even takes the differences of the lower halves, of {@code n} pairs or up to {@link #COLUMN_STEP} - 1 more
     * @param odd takes those of the upper ones
     * @return false if it is not, or of that type there are no such loops: then nothing has been done
     */
    boolean subtract(DType type, int[] pairs, int[] minus, int first, int n, float[] even, float[] odd);

    /**
     * Adds up a tile's rows, weighed in {@code k} ways: {@code sums[k][j] = Σ_i thin[i][k]·tile[i][j]}.
     *
     * @param thin row by row
     * @param first where the one for the tile's first row begins
     * @param rank how many of its columns count
     */
    void weighRows(Tile tile, float[] thin, int first, int rank, float[][] sums);

    /**
     * Multiplies a tile's rows with a thin matrix: {@code sums[k][i] = Σ_j tile[i][j]·thin[k][j]}.
     *
     * @param thin column by column, with {@link #COLUMN_STEP} zeros behind the last row
     * @param first its row for the tile's first column
     * @param rank how many of its columns count
     */
    void multiplyRows(Tile tile, float[][] thin, int first, int rank, float[][] sums);
}

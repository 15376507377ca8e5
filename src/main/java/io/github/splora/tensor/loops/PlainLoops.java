package io.github.splora.tensor.loops;

import io.github.splora.storage.DType;
import java.util.Arrays;

/** Loops for every JVM, vectorized by its compiler; see {@link Loops}. */
public final class PlainLoops implements TileLoops {

    @Override
    public Tile.Shape shape(boolean isOnlyWeighed) {
        return isOnlyWeighed ? Tile.Shape.WIDE : Tile.Shape.SQUARE;
    }

    @Override
    public boolean subtract(DType type, int[] pairs, int[] minus, int first, int n, float[] even, float[] odd) {
        return false;
    }

    @Override
    public void weighRows(Tile tile, float[] tallSkinny, int first, int rank, float[][] sums) {
        int stride = Loops.roundedUp(rank, RANK_STEP);
        clear(sums, rank, tile.width());
        for (int i = 0; i < tile.height(); i += 4) {
            int t0 = first + i * stride;
            // Rows beyond the tile are zero, so their weights do not matter.
            int t1 = i + 1 < tile.height() ? t0 + stride : t0;
            int t2 = i + 2 < tile.height() ? t1 + stride : t0;
            int t3 = i + 3 < tile.height() ? t2 + stride : t0;
            for (int k = 0; k < rank; k++) {
                Loops.addFour(
                        sums[k],
                        tile.row(i),
                        tile.row(i + 1),
                        tile.row(i + 2),
                        tile.row(i + 3),
                        tallSkinny[t0 + k],
                        tallSkinny[t1 + k],
                        tallSkinny[t2 + k],
                        tallSkinny[t3 + k],
                        tile.width());
            }
        }
    }

    @Override
    public void multiplyRows(Tile stored, float[][] tallSkinny, int first, int rank, float[][] sums) {
        Tile tile = stored.transposed();
        clear(sums, rank, tile.width());
        for (int i = 0; i < tile.height(); i += 4) {
            for (int k = 0; k < rank; k++) {
                float[] x = tallSkinny[k];
                int t = first + i;
                Loops.addFour(
                        sums[k],
                        tile.row(i),
                        tile.row(i + 1),
                        tile.row(i + 2),
                        tile.row(i + 3),
                        x[t],
                        x[t + 1],
                        x[t + 2],
                        x[t + 3],
                        tile.width());
            }
        }
    }

    private static void clear(float[][] sums, int rank, int n) {
        for (int k = 0; k < rank; k++) {
            Arrays.fill(sums[k], 0, n, 0);
        }
    }
}

package io.github.splora.tensor.loops;

import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass.Product;

/** One product with a thin matrix as it grows, tile by tile: in float32 within a tile, in float64 over the tiles. */
abstract class ProductSum {

    private final Product product;
    /** What the float32s of the thin matrix are to be multiplied with. */
    private final double thinScale;

    private final float[][] sums;
    /** By the thin matrix's column, and within that by {@link #placeOf}. */
    private final double[][] total;

    private final int height;
    final TileLoops loops;
    /** Of the thin matrix. */
    final int rank;
    /** The same, as {@link TileLoops} have it. */
    final int paddedRank;

    /** @param height rows of the product */
    private ProductSum(Product product, long height, TileLoops loops, Tile.Shape shape) {
        this.product = product;
        this.height = Math.toIntExact(height);
        this.loops = loops;
        this.rank = product.thin().columns();
        this.paddedRank = Loops.roundedUp(rank, TileLoops.RANK_STEP);
        this.thinScale = powerOfTwoNear(product.thin().values());
        this.sums = new float[paddedRank][Math.max(shape.rows(), shape.columns())];
        this.total = new double[rank][this.height];
    }

    static ProductSum of(Product product, Weights weights, TileLoops loops, Tile.Shape shape) {
        return product.isCrosswise(weights)
                ? new OfWeighedRows(product, weights.aligned().columns(), loops, shape)
                : new OfMultipliedRows(product, weights.aligned().rows(), loops, shape);
    }

    final Operand operand() {
        return product.operand();
    }

    /**
     * Adds what a tile has to say.
     *
     * @param row where its first row lies in the stored matrix
     * @param column where its first column lies; the next one is two further
     */
    abstract void add(Tile tile, int row, int column);

    /** Where a row of the product has its place, so that those of a tile lie side by side. */
    abstract int placeOf(int i);

    final void finish() {
        Matrix result = Matrix.zeros(height, rank);
        for (int i = 0; i < height; i++) {
            int place = placeOf(i);
            for (int k = 0; k < rank; k++) {
                result.values()[i * rank + k] = total[k][place];
            }
        }
        product.result().accept(result);
    }

    /** Of the tile that is added. */
    final float[][] sums() {
        return sums;
    }

    /** Adds the first {@code n} of a tile's sums, of rows of the product from the {@code i}-th on. */
    final void addSums(Tile tile, int i, int n) {
        int place = placeOf(i);
        for (int k = 0; k < rank; k++) {
            Loops.addScaled(total[k], place, sums[k], tile.scale() * thinScale, n);
        }
    }

    /** @return a number of the thin matrix, of the size of one */
    final float thin(int i, int k) {
        return (float) (product.thin().at(i, k) / thinScale);
    }

    private static double powerOfTwoNear(double[] values) {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max == 0 || !Double.isFinite(max) ? 1 : Math.scalb(1.0, Math.getExponent(max));
    }

    private static final class OfWeighedRows extends ProductSum {

        private final float[] thin;
        private final int evenColumns;

        OfWeighedRows(Product product, long columns, TileLoops loops, Tile.Shape shape) {
            super(product, columns, loops, shape);
            this.evenColumns = Math.toIntExact((columns + 1) / 2);
            int inputs = product.thin().rows();
            this.thin = new float[Math.multiplyExact(inputs, paddedRank)];
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < rank; k++) {
                    thin[i * paddedRank + k] = thin(i, k);
                }
            }
        }

        @Override
        void add(Tile tile, int row, int column) {
            loops.weighRows(tile, thin, row * paddedRank, rank, sums());
            addSums(tile, column, tile.width());
        }

        /** Even columns before odd ones. */
        @Override
        int placeOf(int column) {
            return column % 2 == 0 ? column / 2 : evenColumns + column / 2;
        }
    }

    private static final class OfMultipliedRows extends ProductSum {

        /** Of even rows and of odd ones, each column by column. */
        private final float[][][] thin;

        OfMultipliedRows(Product product, long rows, TileLoops loops, Tile.Shape shape) {
            super(product, rows, loops, shape);
            int inputs = product.thin().rows();
            this.thin = new float[2][paddedRank][(inputs + 1) / 2 + TileLoops.COLUMN_STEP];
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < rank; k++) {
                    thin[i % 2][k][i / 2] = thin(i, k);
                }
            }
        }

        @Override
        void add(Tile tile, int row, int column) {
            loops.multiplyRows(tile, thin[column % 2], column / 2, rank, sums());
            addSums(tile, row, tile.height());
        }

        @Override
        int placeOf(int row) {
            return row;
        }
    }
}

package io.github.splora.tensor.loops;

import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass.Product;

/** Accumulates one product with a tall-skinny matrix tile by tile: float32 within a tile, float64 across tiles. */
abstract class ProductSum {

    private final Product product;
    /** Factors by which the float32 elements of the tall-skinny matrix are too small, one per column. */
    private final double[] tallSkinnyScales;

    private final float[][] sums;
    /** By column of the tall-skinny matrix, then by {@link #placeOf}. */
    private final double[][] total;

    private final int height;
    final TileLoops loops;
    /** Columns of the tall-skinny matrix. */
    final int rank;
    /** The same, padded for {@link TileLoops}. */
    final int paddedRank;

    /** @param height rows of the product */
    private ProductSum(Product product, long height, TileLoops loops, Tile.Shape shape) {
        this.product = product;
        this.height = Math.toIntExact(height);
        this.loops = loops;
        this.rank = product.tallSkinny().columns();
        this.paddedRank = Loops.roundedUp(rank, TileLoops.RANK_STEP);
        this.tallSkinnyScales = powersOfTwoNear(product.tallSkinny());
        this.sums = new float[paddedRank][Math.max(shape.rows(), shape.columns())];
        this.total = new double[rank][this.height];
    }

    static ProductSum of(Product product, Weights weights, TileLoops loops, Tile.Shape shape) {
        return product.isTransposedAsStored(weights)
                ? new OfWeighedRows(product, weights.aligned().columns(), loops, shape)
                : new OfMultipliedRows(product, weights.aligned().rows(), loops, shape);
    }

    final Operand operand() {
        return product.operand();
    }

    /**
     * Adds a tile's contribution.
     *
     * @param row index of its first row in the stored matrix
     * @param column index of its first column; the next one is two further
     */
    abstract void add(Tile tile, int row, int column);

    /** Index of a row of the product in the totals, where the rows of one tile are adjacent. */
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

    /** Sums of the tile being added. */
    final float[][] sums() {
        return sums;
    }

    /** Adds the first {@code n} sums of a tile to rows {@code i}, {@code i + 1}, … of the product. */
    final void addSums(Tile tile, int i, int n) {
        int place = placeOf(i);
        for (int k = 0; k < rank; k++) {
            Loops.addScaled(total[k], place, sums[k], tile.scale() * tallSkinnyScales[k], n);
        }
    }

    /** @return an element of the tall-skinny matrix, scaled so that its column has magnitudes near 1 */
    final float tallSkinny(int i, int k) {
        return (float) (product.tallSkinny().at(i, k) / tallSkinnyScales[k]);
    }

    /** One for each column: a factor's ranks may differ by more than float32 can hold. */
    private static double[] powersOfTwoNear(Matrix matrix) {
        double[] scales = new double[matrix.columns()];
        for (int i = 0; i < matrix.values().length; i++) {
            int k = i % scales.length;
            scales[k] = Math.max(scales[k], Math.abs(matrix.values()[i]));
        }
        for (int k = 0; k < scales.length; k++) {
            double max = scales[k];
            scales[k] = max == 0 || !Double.isFinite(max) ? 1 : Math.scalb(1.0, Math.getExponent(max));
        }
        return scales;
    }

    private static final class OfWeighedRows extends ProductSum {

        private final float[] tallSkinny;
        private final int evenColumns;

        OfWeighedRows(Product product, long columns, TileLoops loops, Tile.Shape shape) {
            super(product, columns, loops, shape);
            this.evenColumns = Math.toIntExact((columns + 1) / 2);
            int inputs = product.tallSkinny().rows();
            this.tallSkinny = new float[Math.multiplyExact(inputs, paddedRank)];
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < rank; k++) {
                    tallSkinny[i * paddedRank + k] = tallSkinny(i, k);
                }
            }
        }

        @Override
        void add(Tile tile, int row, int column) {
            loops.weighRows(tile, tallSkinny, row * paddedRank, rank, sums());
            addSums(tile, column, tile.width());
        }

        /** Even columns come before odd ones. */
        @Override
        int placeOf(int column) {
            return column % 2 == 0 ? column / 2 : evenColumns + column / 2;
        }
    }

    private static final class OfMultipliedRows extends ProductSum {

        /** Even rows and odd rows, each column by column. */
        private final float[][][] tallSkinny;

        OfMultipliedRows(Product product, long rows, TileLoops loops, Tile.Shape shape) {
            super(product, rows, loops, shape);
            int inputs = product.tallSkinny().rows();
            this.tallSkinny = new float[2][paddedRank][(inputs + 1) / 2 + TileLoops.COLUMN_STEP];
            for (int i = 0; i < inputs; i++) {
                for (int k = 0; k < rank; k++) {
                    tallSkinny[i % 2][k][i / 2] = tallSkinny(i, k);
                }
            }
        }

        @Override
        void add(Tile tile, int row, int column) {
            loops.multiplyRows(tile, tallSkinny[column % 2], column / 2, rank, sums());
            addSums(tile, row, tile.height());
        }

        @Override
        int placeOf(int row) {
            return row;
        }
    }
}

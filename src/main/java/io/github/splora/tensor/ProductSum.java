package io.github.splora.tensor;

import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Pass.Product;

/** One product with a thin matrix as it grows, tile by tile: in float32 within a tile, in float64 over the tiles. */
abstract class ProductSum {

  private final Product product;
  /** What the float32s of the thin matrix are to be multiplied with. */
  private final double thinScale;
  private final float[][] sums;
  /** Of the thin matrix. */
  final int rank;
  final TileLoops loops;

  private ProductSum(Product product, TileLoops loops, Tile.Shape shape) {
    this.product = product;
    this.loops = loops;
    this.rank = product.thin().columns();
    this.thinScale = powerOfTwoNear(product.thin().values());
    this.sums = new float[Loops.roundedUp(rank, TileLoops.RANK_STEP)][Math.max(shape.rows(), shape.columns())];
  }

  static ProductSum of(Product product, Weights weights, TileLoops loops, Tile.Shape shape) {
    return isWeighed(product, weights)
        ? new OfWeighedRows(product, Math.toIntExact(weights.aligned().columns()), loops, shape)
        : new OfMultipliedRows(product, Math.toIntExact(weights.aligned().rows()), loops, shape);
  }

  /** Whether stored rows are weighed and added up, or each multiplied with the thin matrix. */
  static boolean isWeighed(Product product, Weights weights) {
    return product.transposed() != weights.transposed();
  }

  Operand operand() {
    return product.operand();
  }

  /**
   * Adds what a tile has to say.
   *
   * @param row where its first row lies in the stored matrix
   * @param column where its first column lies; the next one is two further
   */
  void add(Tile tile, long row, long column) {
    add(tile, Math.toIntExact(row), Math.toIntExact(column), tile.scale() * thinScale, sums);
  }

  void finish() {
    product.result().accept(result());
  }

  abstract void add(Tile tile, int row, int column, double scale, float[][] sumsOfTile);

  abstract Matrix result();

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
    private final int stride;
    private final int columns;
    /** By the thin matrix's column, and within that even columns before odd ones. */
    private final double[][] total;

    OfWeighedRows(Product product, int columns, TileLoops loops, Tile.Shape shape) {
      super(product, loops, shape);
      this.stride = Loops.roundedUp(rank, TileLoops.RANK_STEP);
      this.thin = new float[Math.multiplyExact(product.thin().rows(), stride)];
      for (int i = 0; i < product.thin().rows(); i++) {
        for (int k = 0; k < rank; k++) {
          thin[i * stride + k] = thin(i, k);
        }
      }
      this.columns = columns;
      this.total = new double[rank][columns];
    }

    @Override
    void add(Tile tile, int row, int column, double scale, float[][] sums) {
      loops.weighRows(tile, thin, row * stride, rank, sums);
      int at = placeOf(column);
      for (int k = 0; k < rank; k++) {
        Loops.addScaled(total[k], at, sums[k], scale, tile.width());
      }
    }

    private int placeOf(int column) {
      return column % 2 == 0 ? column / 2 : (columns + 1) / 2 + column / 2;
    }

    @Override
    Matrix result() {
      Matrix result = Matrix.zeros(columns, rank);
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < rank; k++) {
          result.values()[j * rank + k] = total[k][placeOf(j)];
        }
      }
      return result;
    }
  }

  private static final class OfMultipliedRows extends ProductSum {

    /** Of even rows and of odd ones, each column by column. */
    private final float[][][] thin;
    private final int rows;
    /** By the thin matrix's column. */
    private final double[][] total;

    OfMultipliedRows(Product product, int rows, TileLoops loops, Tile.Shape shape) {
      super(product, loops, shape);
      int inputs = product.thin().rows();
      this.thin = new float[2][Loops.roundedUp(rank, TileLoops.RANK_STEP)][(inputs + 1) / 2 + TileLoops.COLUMN_STEP];
      for (int i = 0; i < inputs; i++) {
        for (int k = 0; k < rank; k++) {
          thin[i % 2][k][i / 2] = thin(i, k);
        }
      }
      this.rows = rows;
      this.total = new double[rank][rows];
    }

    @Override
    void add(Tile tile, int row, int column, double scale, float[][] sums) {
      loops.multiplyRows(tile, thin[column % 2], column / 2, rank, sums);
      for (int k = 0; k < rank; k++) {
        Loops.addScaled(total[k], row, sums[k], scale, tile.height());
      }
    }

    @Override
    Matrix result() {
      Matrix result = Matrix.zeros(rows, rank);
      for (int i = 0; i < rows; i++) {
        for (int k = 0; k < rank; k++) {
          result.values()[i * rank + k] = total[k][i];
        }
      }
      return result;
    }
  }
}

package io.github.splora.tensor;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A part of an operand that fits into a core's cache: so many rows of every second column of a piece, in float32. A tile
 * whose numbers are so large or so small that squares leave float32 is scaled by a power of two.
 */
final class Tile {

  /** Rows, and columns, of the largest. */
  static final int SIZE = 256;

  /** Sums of squares within these need no scaling: what is lost beside them is less than 2^-60 of them. */
  private static final double LEAST_SQUARES = 0x1p-60;
  private static final double MOST_SQUARES = 0x1p60;
  private static final float[] ZEROS = new float[SIZE];

  private final float[][] rows = new float[SIZE][SIZE];
  private final float[] sums = new float[SIZE];
  private final Tile shared;
  private int height;
  private int width;
  private double scale = 1;
  private double squares;
  private Tile transposedFrom;

  private Tile(Tile shared) {
    this.shared = shared;
  }

  /** Tiles that share the place for their transposed: that of the last one that was asked for it. */
  static Tile[] several(int count) {
    Tile shared = new Tile(null);
    return Stream.generate(() -> new Tile(shared)).limit(count).toArray(Tile[]::new);
  }

  /** Begins anew, with rows that are to be filled by way of {@link #row}, and then {@link #seal}. */
  void begin(int newHeight, int newWidth) {
    height = newHeight;
    width = newWidth;
    scale = 1;
    if (shared != null && shared.transposedFrom == this) {
      shared.transposedFrom = null;
    }
  }

  float[] row(int i) {
    return i < height ? rows[i] : ZEROS;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** What the numbers here are to be multiplied with. */
  double scale() {
    return scale;
  }

  /** {@code Σ x²} of the numbers as they were before they were scaled. */
  double squares() {
    return squares * scale * scale;
  }

  /** Looks at the sum of squares, and scales if it has to. */
  void seal() {
    squares = sumOfSquares();
    if (squares >= LEAST_SQUARES && squares <= MOST_SQUARES) {
      return;
    }
    float max = 0;
    for (int i = 0; i < height; i++) {
      max = Math.max(max, Loops.maxMagnitude(rows[i], width));
    }
    if (max == 0 || !Float.isFinite(max)) {
      return;
    }
    // In two steps: the factor for the smallest subnormal is no float32.
    int exponent = Math.getExponent((double) max);
    for (int i = 0; i < height; i++) {
      Loops.scale(rows[i], (float) Math.scalb(1.0, -exponent / 2), width);
      Loops.scale(rows[i], (float) Math.scalb(1.0, -exponent - -exponent / 2), width);
    }
    scale = Math.scalb(1.0, exponent);
    squares = sumOfSquares();
  }

  /** The same with rows and columns exchanged; gone when another one that shares its place is asked for. */
  Tile transposed() {
    if (shared.transposedFrom != this) {
      shared.begin(width, height);
      shared.scale = scale;
      for (int first = 0; first < height; first += 4) {
        transposeFour(first);
      }
      shared.transposedFrom = this;
    }
    return shared;
  }

  /** Four at a time, so that each line of the cache is written less often. */
  private void transposeFour(int first) {
    float[] r0 = row(first);
    float[] r1 = row(first + 1);
    float[] r2 = row(first + 2);
    float[] r3 = row(first + 3);
    for (int j = 0; j < width; j++) {
      float[] column = shared.rows[j];
      column[first] = r0[j];
      column[first + 1] = r1[j];
      column[first + 2] = r2[j];
      column[first + 3] = r3[j];
    }
  }

  private double sumOfSquares() {
    Arrays.fill(sums, 0);
    for (int i = 0; i < height; i += 4) {
      Loops.addSquares(sums, row(i), row(i + 1), row(i + 2), row(i + 3), width);
    }
    return Loops.sum(sums, width);
  }
}

package io.github.splora.tensor.loops;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A part of an operand that fits into a core's cache: so many rows of every second column of a piece, in float32. A tile
 * whose numbers are so large or so small that squares leave float32 is scaled by a power of two.
 */
final class Tile {

    /** How many rows and columns a tile has at most: together as many numbers as a core's cache holds beside all else. */
    enum Shape {
        /** For products in which stored rows are added up: long rows, for loops that are long. */
        WIDE(64, 512),
        /** For those that need the tile transposed as well. */
        SQUARE(256, 256);

        private final int rows;
        private final int columns;

        Shape(int rows, int columns) {
            this.rows = rows;
            this.columns = columns;
        }

        /** A multiple of four. */
        int rows() {
            return rows;
        }

        int columns() {
            return columns;
        }
    }

    /** Sums of squares within these need no scaling: what is lost beside them is less than 2^-60 of them. */
    private static final double LEAST_SQUARES = 0x1p-60;

    private static final double MOST_SQUARES = 0x1p60;
    private static final float[] ZEROS = new float[Math.max(Shape.WIDE.columns(), Shape.SQUARE.columns())];

    private final float[][] rows;
    private final float[] sums;
    private final Tile shared;
    private int height;
    private int width;
    private double scale = 1;
    private double squares;
    private Tile transposedFrom;

    private Tile(Shape shape, Tile shared) {
        this.rows = new float[shape.rows()][shape.columns()];
        this.sums = new float[shape.columns()];
        this.shared = shared;
    }

    /** Tiles that share the place for their transposed, if they are square: that of the last one that was asked for it. */
    static Tile[] several(int count, Shape shape) {
        Tile shared = shape == Shape.SQUARE ? new Tile(shape, null) : null;
        return Stream.generate(() -> new Tile(shape, shared)).limit(count).toArray(Tile[]::new);
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

    /** As many as it is high, and more that are not of it. */
    float[][] rows() {
        return rows;
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

    /** Looks at the sum of squares, and scales if it has to; behind each row there are zeros, up to whole vectors. */
    void seal() {
        int padded = Loops.roundedUp(width, TileLoops.COLUMN_STEP);
        for (int i = 0; i < height && width < padded; i++) {
            Arrays.fill(rows[i], width, padded, 0);
        }
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

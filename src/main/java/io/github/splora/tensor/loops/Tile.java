package io.github.splora.tensor.loops;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of an operand that fits into a core's cache: some rows of every second column of a piece, in float32. A tile whose
 * squares would overflow or underflow float32 is scaled by a power of two.
 */
final class Tile {

    /** Maximum rows and columns of a tile, chosen so that it fits into a core's cache beside everything else. */
    enum Shape {
        /** For products that sum stored rows: long rows make long loops. */
        WIDE(64, 512),
        /** For products that also need the tile transposed. */
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

    /** A sum of squares between these bounds needs no scaling: the loss is less than 2^-60 of it. */
    private static final double LEAST_SQUARES = 0x1p-60;

    private static final double MOST_SQUARES = 0x1p60;
    private static final float[] ZEROS = new float[Math.max(Shape.WIDE.columns(), Shape.SQUARE.columns())];

    private final float[][] rows;
    private final float[] sums;
    private final @Nullable Tile shared;
    private int height;
    private int width;
    private double scale = 1;
    private double squares;
    private @Nullable Tile transposedFrom;

    private Tile(Shape shape, @Nullable Tile shared) {
        this.rows = new float[shape.rows()][shape.columns()];
        this.sums = new float[shape.columns()];
        this.shared = shared;
    }

    /** Creates tiles; square ones share the memory for their transpose, which holds that of the last tile asked for it. */
    static Tile[] several(int count, Shape shape) {
        Tile shared = shape == Shape.SQUARE ? new Tile(shape, null) : null;
        return Stream.generate(() -> new Tile(shape, shared)).limit(count).toArray(Tile[]::new);
    }

    /** Starts over: fill the rows through {@link #row}, then call {@link #seal}. */
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

    /** The rows, followed by more that do not belong to the tile. */
    float[][] rows() {
        return rows;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** Factor to multiply the elements by. */
    double scale() {
        return scale;
    }

    /** {@code Σ x²} of the unscaled elements. */
    double squares() {
        return squares * scale * scale;
    }

    /** Finishes the tile: scales it if its squares require that, and pads each row with zeros to whole vectors. */
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
        // In two steps: the factor for the smallest subnormal does not fit into float32.
        int exponent = Math.getExponent((double) max);
        for (int i = 0; i < height; i++) {
            Loops.scale(rows[i], (float) Math.scalb(1.0, -exponent / 2), width);
            Loops.scale(rows[i], (float) Math.scalb(1.0, -exponent - -exponent / 2), width);
        }
        scale = Math.scalb(1.0, exponent);
        squares = sumOfSquares();
    }

    /** Returns the transpose, valid until another tile that shares its memory is transposed. */
    Tile transposed() {
        Tile place = Objects.requireNonNull(shared);
        if (place.transposedFrom != this) {
            place.begin(width, height);
            place.scale = scale;
            for (int first = 0; first < height; first += 4) {
                transposeFour(first, place.rows);
            }
            place.transposedFrom = this;
        }
        return place;
    }

    /** Four rows at a time, so that each cache line is written less often. */
    private void transposeFour(int first, float[][] into) {
        float[] r0 = row(first);
        float[] r1 = row(first + 1);
        float[] r2 = row(first + 2);
        float[] r3 = row(first + 3);
        for (int j = 0; j < width; j++) {
            float[] column = into[j];
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

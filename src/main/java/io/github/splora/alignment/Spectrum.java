package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the dominant singular subspaces of one alignment delta V without forming a matrix of V's size: a random sketch
 * of V's range grows until it captures the required share of ‖V‖², and power iterations of two walks each sharpen it. A sketch
 * of full width would be larger than V: then V itself is read, in {@link WholeDelta}, and decomposed.
 *
 * <p>Several callers can share one instance. Each states the share it needs with {@link #require} and calls
 * {@link #ask} before every walk; the work is done once, for the largest share.
 *
 * <p>Source: Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53 (2011), algorithms 4.2 and
 * 4.4.
 */
public final class Spectrum {

    private static final int LEAST_WIDTH = 64;
    /**
     * Minimum number of vectors computed beyond those used, because the last vectors of a sketch are the least
     * accurate.
     */
    private static final int SPARE = 4;
    /** Power iterations at the final width; each one squares the ratios between the singular values. */
    private static final int ENOUGH_SHARPENINGS = 3;

    private static final double ROUNDING = 1e-12;
    /** Matrices of a sketch's shape, on both sides of V, that are held at a time. */
    private static final int COPIES_OF_SKETCH = 3;

    private final int out;
    private final int in;
    private final long seed;
    private double share;

    private Pass lastPass;
    private boolean isWaiting;
    /** What V is multiplied by next; null after that. */
    private @Nullable Matrix input;

    private Slot<Double> squaredNorm;
    private @Nullable Slot<Matrix> sketch;
    private @Nullable Matrix basis;
    private @Nullable Slot<Matrix> image;
    private @Nullable WholeDelta whole;
    private int width;
    private int sharpenings;
    private int widenings;
    private double[] squares;
    private Matrix left;
    private Matrix right;

    /** @param seed seed of the sketch; the same seed gives the same numbers */
    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    public Spectrum(long outFeatures, long inFeatures, long seed) {
        this.out = Math.toIntExact(outFeatures);
        this.in = Math.toIntExact(inFeatures);
        this.seed = seed;
    }

    /**
     * Returns an upper estimate of the memory of one instance, in bytes. It holds for a V with a flat spectrum, which has to be
     * read as a whole; how much less others take is known only when they have been computed.
     */
    public static long bytes(long out, long in) {
        return Math.max(
                WholeDelta.bytes(out, in), Double.BYTES * (out + in) * (Math.min(out, in) / 2) * COPIES_OF_SKETCH);
    }

    /**
     * Requires subspaces that hold at least a share of ‖V‖². Must be called before the first {@link #ask}.
     *
     * @param energy the share, in (0, 1]
     */
    public void require(double energy) {
        share = Math.max(share, energy);
    }

    /** Requests what the next walk has to compute; returns false once {@link #dominant} can be called. */
    public boolean ask(Pass pass) {
        if (pass != lastPass) {
            lastPass = pass;
            isWaiting = left == null && advance(pass);
        }
        return isWaiting;
    }

    /** Returns {@code ‖V‖²}. */
    public double squaredNorm() {
        return squaredNorm.get();
    }

    /** Returns the subspaces for a {@linkplain #require required} share of ‖V‖²; their dimension is 0 if V is zero. */
    public Subspaces dominant(double energy) {
        int dimension = dimension(squares, energy);
        return new Subspaces(left.firstColumns(dimension), right.firstColumns(dimension));
    }

    private boolean advance(Pass pass) {
        // Many digits are needed to decide whether a share of ‖V‖² is reached and which squares are only rounding.
        pass.demandFloat64();
        if (squaredNorm == null) {
            squaredNorm = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
            int first = Math.max(LEAST_WIDTH, largestWidth() / 16);
            if (largestWidth() <= 2 * first) {
                whole = new WholeDelta(out, in);
                return whole.ask(pass);
            }
            width = first;
            input = Matrix.random(in, width, seed);
            sketch = pass.times(Operand.ALIGNMENT_DELTA, input);
            return true;
        }
        if (whole == null && image == null) {
            input = null;
            basis = Orthonormal.basis(Objects.requireNonNull(sketch).get());
            sketch = null;
            Garbage.collect((long) width * Math.max(out, in));
            image = pass.transposeTimes(Operand.ALIGNMENT_DELTA, basis);
            return true;
        }
        if (!Double.isFinite(squaredNorm.get())) {
            // NaN or overflow: the caller reports it from the norm. A decomposition would not terminate.
            finish(new double[0], Matrix.zeros(out, 0), Matrix.zeros(in, 0));
            return false;
        }
        return whole == null ? widenOrFinish(pass) : readOrFinish(pass, whole);
    }

    /** Reads more of V, or decomposes it. */
    private boolean readOrFinish(Pass pass, WholeDelta v) {
        if (v.ask(pass)) {
            return true;
        }
        SymmetricEigen eigen = SymmetricEigen.of(v.gram());
        Garbage.collect((long) out * in);
        Matrix vectors = eigen.vectors().firstColumns(dimension(eigen.values(), share));
        Matrix images = v.images(vectors).scaledColumns(inverseRoots(eigen.values(), vectors.columns()));
        finish(eigen.values(), v.isOfRows() ? vectors : images, v.isOfRows() ? images : vectors);
        return false;
    }

    /** Assesses the sketch after {@code Z = VᵀQ}, and requests the next walk if it is not good enough. */
    private boolean widenOrFinish(Pass pass) {
        Matrix z = Objects.requireNonNull(image).get();
        Matrix q = Objects.requireNonNull(basis);
        image = null;
        boolean isComplete = q.columns() < width;
        // ‖Z‖² is the part of ‖V‖² that the sketch captures.
        boolean isWide = isComplete || z.squaredNorm() >= (share - ROUNDING) * squaredNorm.get();
        sharpenings = isWide ? sharpenings + 1 : 0;
        if (isComplete || sharpenings > ENOUGH_SHARPENINGS) {
            // The eigenvalues of ZᵀZ = QᵀVVᵀQ are the squares of V's singular values within the sketch.
            SymmetricEigen eigen = SymmetricEigen.of(z.transposeTimes(z));
            int dimension = dimension(eigen.values(), share);
            if (isComplete || dimension + SPARE <= width) {
                Matrix vectors = eigen.vectors().firstColumns(dimension);
                finish(
                        eigen.values(),
                        q.times(vectors),
                        z.times(vectors).scaledColumns(inverseRoots(eigen.values(), dimension)));
                return false;
            }
            isWide = false;
            sharpenings = 0;
        }
        basis = null;
        Garbage.collect((long) width * Math.max(out, in));
        widenings++;
        if (isWide) {
            input = z;
        } else if (4 * width > largestWidth()) {
            whole = new WholeDelta(out, in);
            return whole.ask(pass);
        } else {
            input = z.beside(Matrix.random(in, width, seed + widenings));
            width = 2 * width;
        }
        sketch = pass.times(Operand.ALIGNMENT_DELTA, input);
        return true;
    }

    private void finish(double[] values, Matrix leftVectors, Matrix rightVectors) {
        squares = values;
        left = leftVectors;
        right = rightVectors;
        basis = null;
        image = null;
        whole = null;
    }

    private int largestWidth() {
        return Math.min(out, in);
    }

    /** Returns how many of the largest squares reach the share; all that exceed rounding if they do not reach it. */
    private int dimension(double[] values, double energy) {
        double sum = 0;
        int count = 0;
        while (count < values.length
                && sum < (energy - ROUNDING) * squaredNorm.get()
                && values[count] > ROUNDING * values[0]) {
            sum += values[count++];
        }
        return count;
    }

    private static double[] inverseRoots(double[] values, int count) {
        double[] roots = new double[count];
        for (int i = 0; i < count; i++) {
            roots[i] = values[i] > 0 ? 1 / Math.sqrt(values[i]) : 0;
        }
        return roots;
    }
}

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
 * of V's range grows until it captures the required share of ‖V‖², and power iterations of two walks each sharpen it.
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

    private final int out;
    private final int in;
    private final long seed;
    private double share;

    private Pass lastPass;
    private boolean isWaiting;
    private Matrix input;
    private Slot<Double> squaredNorm;
    private Slot<Matrix> sketch;
    private Matrix basis;
    private @Nullable Slot<Matrix> image;
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
        if (input == null) {
            squaredNorm = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
            int first = Math.max(LEAST_WIDTH, largestWidth() / 16);
            input = Matrix.random(in, largestWidth() > 2 * first ? first : largestWidth(), seed);
            sketch = pass.times(Operand.ALIGNMENT_DELTA, input);
            return true;
        }
        if (image == null) {
            basis = Orthonormal.basis(sketch.get());
            image = pass.transposeTimes(Operand.ALIGNMENT_DELTA, basis);
            return true;
        }
        if (isGoodEnough()) {
            return false;
        }
        sketch = pass.times(Operand.ALIGNMENT_DELTA, input);
        image = null;
        return true;
    }

    /** Assesses the sketch after {@code Z = VᵀQ}; if it is not good enough, sets the next matrix to multiply V by. */
    private boolean isGoodEnough() {
        Matrix z = Objects.requireNonNull(image).get();
        if (!Double.isFinite(squaredNorm.get())) {
            // NaN or overflow: the caller reports it from the norm. A decomposition would not terminate.
            squares = new double[0];
            left = Matrix.zeros(out, 0);
            right = Matrix.zeros(in, 0);
            return true;
        }
        boolean isWhole = basis.columns() < input.columns() || input.columns() == largestWidth();
        // ‖Z‖² is the part of ‖V‖² that the sketch captures.
        boolean isWide = isWhole || z.squaredNorm() >= (share - ROUNDING) * squaredNorm.get();
        sharpenings = isWide ? sharpenings + 1 : 0;
        if (isWhole || sharpenings > ENOUGH_SHARPENINGS) {
            // The eigenvalues of ZᵀZ = QᵀVVᵀQ are the squares of V's singular values within the sketch.
            SymmetricEigen eigen = SymmetricEigen.of(z.transposeTimes(z));
            isWide = isWhole || dimension(eigen.values(), share) + SPARE <= input.columns();
            if (isWide) {
                squares = eigen.values();
                left = basis.times(eigen.vectors());
                right = z.times(eigen.vectors()).scaledColumns(inverseRoots(eigen.values()));
                return true;
            }
            sharpenings = 0;
        }
        widenings++;
        input = isWide ? z : wider(z);
        return false;
    }

    /** Doubles the number of columns, or goes to the full width if that is less than four times as many. */
    private Matrix wider(Matrix z) {
        int width = 4 * z.columns() > largestWidth() ? largestWidth() : 2 * z.columns();
        return z.beside(Matrix.random(in, width - z.columns(), seed + widenings));
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

    private static double[] inverseRoots(double[] values) {
        double[] roots = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            roots[i] = values[i] > 0 ? 1 / Math.sqrt(values[i]) : 0;
        }
        return roots;
    }
}

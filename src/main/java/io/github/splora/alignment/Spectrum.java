package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;

/**
 * The dominant singular subspaces of one alignment delta V, found without any matrix of V's size: a random sketch of V's
 * range that grows until it holds the share of ‖V‖² that is wanted, sharpened by power iterations, two walks each.
 *
 * <p>Several may want V's subspaces at once. Each says which share with {@link #require}, all of them call {@link #ask}
 * before every walk, and the work is done once, for the largest share.
 *
 * <p>Source: Halko, Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53 (2011), algorithms 4.2 and 4.4.
 */
public final class Spectrum {

    private static final int LEAST_WIDTH = 64;
    /** The last vectors of a sketch are the least certain: so many more of them than are used, at least. */
    private static final int SPARE = 4;
    /** Power iterations at the last width, each of which squares how far the vectors stand out. */
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
    private Slot<Matrix> image;
    private int sharpenings;
    private int widenings;
    private double[] squares;
    private Matrix left;
    private Matrix right;

    /** @param seed of the sketch: the same one gives the same numbers */
    public Spectrum(long outFeatures, long inFeatures, long seed) {
        this.out = Math.toIntExact(outFeatures);
        this.in = Math.toIntExact(inFeatures);
        this.seed = seed;
    }

    /** Asks for subspaces that hold {@code energy} of ‖V‖², in (0, 1]. To be called before the first {@link #ask}. */
    public void require(double energy) {
        share = Math.max(share, energy);
    }

    /** Asks for what the next walk is to bring back; false once {@link #dominant} can tell. */
    public boolean ask(Pass pass) {
        if (pass != lastPass) {
            lastPass = pass;
            isWaiting = left == null && advance(pass);
        }
        return isWaiting;
    }

    /** {@code ‖V‖²}. */
    public double squaredNorm() {
        return squaredNorm.get();
    }

    /** The subspaces of a share that was {@linkplain #require required}; of dimension 0 where V is zero. */
    public Subspaces dominant(double energy) {
        int dimension = dimension(squares, energy);
        return new Subspaces(left.firstColumns(dimension), right.firstColumns(dimension));
    }

    private boolean advance(Pass pass) {
        // Whether a share of ‖V‖² is reached, and which squares are but rounding, is told to many digits.
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

    /** Takes stock after {@code Z = VᵀQ}; if more is to be done, says what to multiply V with next. */
    private boolean isGoodEnough() {
        Matrix z = image.get();
        if (!Double.isFinite(squaredNorm.get())) {
            // NaN somewhere, or overflow: whoever looks at the norm will say so; no decomposition would end.
            squares = new double[0];
            left = Matrix.zeros(out, 0);
            right = Matrix.zeros(in, 0);
            return true;
        }
        boolean isWhole = basis.columns() < input.columns() || input.columns() == largestWidth();
        // ‖Z‖² is what the sketch has of ‖V‖².
        boolean isWide = isWhole || z.squaredNorm() >= (share - ROUNDING) * squaredNorm.get();
        sharpenings = isWide ? sharpenings + 1 : 0;
        if (isWhole || sharpenings > ENOUGH_SHARPENINGS) {
            // In ZᵀZ = QᵀVVᵀQ are the squares of V's singular values within the sketch.
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

    /** Twice as many columns; all that there can be, where that is not many more. */
    private Matrix wider(Matrix z) {
        int width = 4 * z.columns() > largestWidth() ? largestWidth() : 2 * z.columns();
        return z.beside(Matrix.random(in, width - z.columns(), seed + widenings));
    }

    private int largestWidth() {
        return Math.min(out, in);
    }

    /** How many of the largest squares it takes; all that are not rounding if they fall short. */
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

package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Applies smooth functions of an alignment delta {@code V = UΣWᵀ : [out, in]} to thin matrices without decomposing V. It builds
 * two block Krylov spaces: one of VᵀV that starts from the deltas' Aᵀ and a few random columns, and one of VVᵀ that starts from their
 * B, with random columns where the module is small or B narrow. Both grow in the same walks, two per step, until the results no longer change.
 *
 * <p>The spaces provide
 *
 * <ul>
 *   <li>{@code A f(VᵀV)} and {@code f(VVᵀ) B} for a smooth f ({@link FilteredDelta}): with the Ritz pairs (θ, y) of
 *       {@code T = QᵀVᵀVQ}, {@code f(VᵀV)X ≈ Q Y f(Θ) Yᵀ QᵀX};
 *   <li>the filter that removes a given share of ‖V‖² ({@link #filter});
 *   <li>the strongest singular triplets of V ({@link #triplets}), which are Ritz vectors.
 * </ul>
 *
 * <p>Several callers can share one instance. Each states what it needs with {@link #require}, {@link #requireFilter} or
 * {@link #requireTriplets} before the first walk; all of them call {@link #ask} before every walk.
 *
 * <p>Sources: see {@link BlockLanczos} and {@link EnergyEstimate}; for triplets Musco, Musco, "Randomized block Krylov methods for
 * stronger and faster approximate singular value decomposition", NeurIPS 2015.
 */
public final class KrylovSpaces {

    private static final int LEAST_RANDOM_COLUMNS = 4;
    private static final int MOST_RANDOM_COLUMNS = 16;
    /** Random columns times dimension that bring the estimate of an energy within about 0.3 %. */
    private static final int ENOUGH_SAMPLES = 8192;
    /** Columns of a starting block in addition to the number of triplets. */
    private static final int SPARE = 4;

    /** Columns of a left starting block in large modules, at least: the narrowest blocks converge slowly. */
    private static final int LEAST_LEFT_COLUMNS = 8;

    private static final long OTHER_SEED = 0x9E3779B97F4A7C15L;
    private static final double FLOAT32_ROUNDING = 1e-7;
    private static final double FLOAT64_ROUNDING = 1e-13;
    private static final int BISECTIONS = 100;
    /** Relative change of a filter's estimated energy in the last step, at most. */
    private static final double ENERGY_CHANGE = 5e-3;
    /** Ratio of the numbers of steps at successive evaluations, which decompose T. */
    private static final double EVALUATION_INTERVAL = 1.25;
    /** Dimension at which a space stops growing, converged or not: decomposing T then takes minutes. */
    static final int MOST_DIMENSION = 4096;
    /** A ratio of successive growths of the triplets' {@code Σ σ²} below this means that few more steps remain. */
    private static final double FAST = 0.4;
    /** Copies of a step's thin matrices: blocks, products with V, and the walk's working copies. */
    private static final int COPIES = 8;
    /** Square matrices of the space's dimension: T, the eigenvectors of two steps, and the workspace of a decomposition. */
    private static final int SMALL_COPIES = 6;

    /** Square matrices per block that a filter keeps for each space, of a block's size; see {@link FilterSolver}. */
    private static final int SOLVED_COPIES = 4;

    private enum Phase {
        START,
        IMAGE,
        RETURN,
        TRIPLETS,
        DONE
    }

    private final int out;
    private final int in;
    private final long seed;
    private final Accuracy accuracy;
    private final List<FilteredDelta> deltas = new ArrayList<>();
    private final SortedSet<Double> energies = new TreeSet<>();
    private int tripletCount;

    private Phase phase = Phase.START;
    private Pass lastPass;
    private Slot<Double> squaredNorm;
    private BlockLanczos right;
    private @Nullable BlockLanczos left;
    private int randomColumns;
    private int leftRandomColumns;
    private final Map<Double, SmoothFilter> lastFilters = new HashMap<>();
    private boolean isEnergySettled;
    private final List<Trend> filterTrends = new ArrayList<>();
    private final Trend tripletTrend = new Trend();
    private double lastStrength;
    private int evaluatedSteps;
    private List<EnergyEstimate> estimates = List.of();
    /** The right side's Ritz pairs at the last evaluation. */
    private RitzPairs ritz;

    private int ritzSteps;
    private Matrix tripletVectors;
    private Slot<Matrix> tripletImage;

    /**
     * @param seed seed of the random columns: the same seed gives the same numbers
     * @param accuracy when to stop
     */
    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    public KrylovSpaces(long outFeatures, long inFeatures, long seed, Accuracy accuracy) {
        this.out = Math.toIntExact(outFeatures);
        this.in = Math.toIntExact(inFeatures);
        this.seed = seed;
        this.accuracy = accuracy;
    }

    /**
     * Adds a delta's factors to the starting blocks, once for the same two matrix objects.
     *
     * @param a A : [r, in]
     * @param b B : [out, r]
     * @return provides the filtered factors after the walks
     */
    public FilteredDelta require(Matrix a, Matrix b) {
        requireNotStarted();
        return deltas.stream().filter(delta -> delta.isOf(a, b)).findFirst().orElseGet(() -> {
            FilteredDelta delta = new FilteredDelta(
                    this,
                    a,
                    b,
                    deltas.stream().mapToInt(each -> each.a().rows()).sum());
            deltas.add(delta);
            return delta;
        });
    }

    /**
     * Requests {@link #filter} for this energy, and convergence of all deltas under that filter.
     *
     * @param energy a share of ‖V‖², between 0 and 1 exclusive
     */
    public void requireFilter(double energy) {
        requireNotStarted();
        if (!(energy > 0 && energy < 1)) {
            throw new IllegalArgumentException("energy " + energy + " is not within (0, 1)");
        }
        energies.add(energy);
    }

    /** Requests {@link #triplets} of up to {@code count}. */
    public void requireTriplets(int count) {
        requireNotStarted();
        tripletCount = Math.max(tripletCount, count);
    }

    /** Requests products from the next walk; returns false when no further walk is needed. */
    public boolean ask(Pass pass) {
        if (pass != lastPass) {
            lastPass = pass;
            phase = advance(pass);
            if (phase != Phase.DONE && accuracy.isFloat64()) {
                pass.demandFloat64();
            }
        }
        return phase != Phase.DONE;
    }

    /** {@code ‖V‖²}. */
    public double squaredNorm() {
        return squaredNorm.get();
    }

    /** Returns the filter with {@code Σ σ²(1 − f(σ²)) = energy·‖V‖²}; f = 1 where V is zero. */
    public SmoothFilter filter(double energy) {
        if (isTrivial()) {
            return new SmoothFilter(Double.POSITIVE_INFINITY);
        }
        return filter(energy, estimates);
    }

    private SmoothFilter filter(double energy, List<EnergyEstimate> estimates) {
        double wanted = energy * squaredNorm();
        // In logarithms. A μ above all of σ²/√(1 − energy) takes less than is wanted.
        double low = Math.log(squaredNorm()) - 40;
        double high = Math.log(squaredNorm()) + 10 - Math.log(energy);
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (removed(estimates, new SmoothFilter(Math.exp(middle))) > wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new SmoothFilter(Math.exp((low + high) / 2));
    }

    /** Returns the strongest triplets: at most as many as were {@linkplain #requireTriplets required}. */
    public Triplets triplets(int count) {
        if (isTrivial()) {
            double fill = isFinite() ? 0 : Double.NaN;
            return new Triplets(filled(out, count, fill), filled(1, count, fill).values(), filled(in, count, fill));
        }
        return new Triplets(
                tripletImage.get().firstColumns(count),
                Arrays.copyOf(ritz.values(), count),
                tripletVectors.firstColumns(count));
    }

    /** Returns the number of steps taken, two walks each. */
    public int steps() {
        return right == null ? 0 : Math.max(right.steps(), left == null ? 0 : left.steps());
    }

    /**
     * Whether the accuracy was reached; if not, {@link Accuracy#mostSteps} was, or a space has the largest dimension: a further block
     * would lead past 4096 columns.
     */
    public boolean isConverged() {
        return isTrivial() || isSettled();
    }

    /** Returns the estimated error of the filtered deltas, relative to their norms; the largest one. */
    public double estimatedError() {
        return isTrivial() || isExhausted()
                ? 0
                : filterTrends.stream().mapToDouble(Trend::remaining).max().orElse(0);
    }

    /**
     * Returns an upper estimate of the memory of one instance, in bytes: with m columns of a basis and c of a block,
     * and s steps {@code 8·((out + in)(m + 8c) + 12 m² + 8 s c²·filters)}.
     *
     * @param rank sum over all deltas
     * @param triplets the largest number required
     * @param filters number of filters that are applied
     * @param steps number of steps that will be taken
     */
    public static long bytes(long out, long in, int rank, int triplets, int filters, int steps) {
        long columns = (long) rank + randomColumns(Math.min(out, in), rank, triplets);
        long dimension = Math.min(Math.min(columns * steps, Math.max(out, in)), Math.max(columns, MOST_DIMENSION));
        return Double.BYTES
                * ((out + in) * (dimension + COPIES * columns)
                        + 2L * SMALL_COPIES * dimension * dimension
                        + 2L * SOLVED_COPIES * filters * dimension * columns);
    }

    BlockLanczos right() {
        return right;
    }

    BlockLanczos left() {
        return Objects.requireNonNull(left);
    }

    /** Whether V is zero or not finite, so that there are no spaces. */
    boolean isTrivial() {
        return squaredNorm() == 0 || !isFinite();
    }

    /** The factor that filtering multiplies everything by where {@link #isTrivial}. */
    double trivialFactor(DoubleUnaryOperator f) {
        return isFinite() ? f.applyAsDouble(0) : Double.NaN;
    }

    private boolean isFinite() {
        return Double.isFinite(squaredNorm()) && spaces().allMatch(BlockLanczos::isFinite);
    }

    private void requireNotStarted() {
        if (phase != Phase.START) {
            throw new IllegalStateException("requirements must be stated before the first walk");
        }
    }

    private Phase advance(Pass pass) {
        return switch (phase) {
            case START -> {
                start();
                squaredNorm = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
                spaces().forEach(space -> space.askImage(pass));
                yield Phase.IMAGE;
            }
            case IMAGE -> {
                growing().forEach(BlockLanczos::takeImage);
                if (isTrivial()) {
                    yield Phase.DONE;
                }
                if (isLargeEnough()) {
                    yield finish(pass);
                }
                growing().forEach(space -> space.askReturn(pass));
                yield Phase.RETURN;
            }
            case RETURN -> {
                growing().forEach(BlockLanczos::takeReturn);
                if (!isFinite()) {
                    yield Phase.DONE;
                }
                if (isExhausted()) {
                    evaluate();
                    yield finish(pass);
                }
                growing().forEach(space -> space.askImage(pass));
                yield Phase.IMAGE;
            }
            case TRIPLETS, DONE -> Phase.DONE;
        };
    }

    private void start() {
        if ((energies.isEmpty() || deltas.isEmpty()) && tripletCount == 0) {
            throw new IllegalStateException(
                    "nothing to compute: neither a delta with a filter nor triplets are required");
        }
        int rank = deltas.stream().mapToInt(delta -> delta.a().rows()).sum();
        randomColumns = randomColumns(Math.min(out, in), rank, tripletCount);
        double rounding = accuracy.isFloat64() ? FLOAT64_ROUNDING : FLOAT32_ROUNDING;
        leftRandomColumns = leftRandomColumns(rank);
        right = new BlockLanczos(false, block(in, delta -> delta.a().transpose(), randomColumns, seed), rounding);
        // Without a delta, the right side is enough.
        left = deltas.isEmpty()
                ? null
                : new BlockLanczos(true, block(out, FilteredDelta::b, leftRandomColumns, seed + OTHER_SEED), rounding);
    }

    private static int randomColumns(long size, int rank, int triplets) {
        return Math.max(samples(size), Math.min(triplets, MOST_RANDOM_COLUMNS) + SPARE - rank);
    }

    /** In large modules, the right side's random columns are samples enough. */
    private int leftRandomColumns(int rank) {
        int samples = samples(Math.min(out, in));
        return samples > LEAST_RANDOM_COLUMNS ? samples : Math.max(0, LEAST_LEFT_COLUMNS - rank);
    }

    private static int samples(long size) {
        return (int) Math.max(LEAST_RANDOM_COLUMNS, Math.min(MOST_RANDOM_COLUMNS, ENOUGH_SAMPLES / size));
    }

    private Matrix block(int size, Function<FilteredDelta, Matrix> factor, int random, long blockSeed) {
        Matrix block = Matrix.zeros(size, 0);
        for (FilteredDelta delta : deltas) {
            block = block.beside(factor.apply(delta));
        }
        return block.beside(Matrix.random(size, random, blockSeed));
    }

    private Stream<BlockLanczos> spaces() {
        return Stream.of(Optional.ofNullable(right), Optional.ofNullable(left)).flatMap(Optional::stream);
    }

    private Stream<BlockLanczos> growing() {
        return spaces().filter(space -> !space.isExhausted());
    }

    private boolean isExhausted() {
        return growing().findAny().isEmpty();
    }

    /** Measures what the last step changed, and returns whether another one is unnecessary. */
    private boolean isLargeEnough() {
        if (spaces().anyMatch(space -> space.settledSteps() == 0)) {
            return false;
        }
        boolean isLast = steps() >= accuracy.mostSteps() || isTooLarge();
        boolean isEvaluated = steps() >= EVALUATION_INTERVAL * evaluatedSteps || isLast;
        if (isEvaluated) {
            evaluate();
        }
        addFilterChanges();
        if (!isEvaluated && areFiltersSettled()) {
            evaluate();
        }
        return isSettled() || isLast;
    }

    /** Whether a further block would be too much; a space never outgrows the vectors that span it. */
    private boolean isTooLarge() {
        return spaces().anyMatch(
                        space -> Math.min(space.size(), space.dimension() + space.blockColumns()) > MOST_DIMENSION);
    }

    /** Updates everything that needs Ritz pairs, of the last step whose residuals are known. */
    private void evaluate() {
        estimates = new ArrayList<>(List.of(new EnergyEstimate(right, randomColumns, squaredNorm())));
        if (left != null && leftRandomColumns > 0) {
            estimates.add(new EnergyEstimate(left, leftRandomColumns, squaredNorm()));
        }
        isEnergySettled = true;
        for (double energy : energies) {
            SmoothFilter filter = filter(energy, estimates);
            // Both steps are compared under the same filter: the filter itself is a statistical estimate, which keeps
            // changing.
            SmoothFilter last = lastFilters.put(energy, filter);
            isEnergySettled &= last != null
                    && Math.abs(removed(estimates, last) / squaredNorm() - energy) <= ENERGY_CHANGE * energy;
        }
        spaces().forEach(space -> space.keepFilters(lastFilters.values()));
        ritz = right.ritz(right.settledSteps());
        double strength = strength();
        tripletTrend.add(
                strength == 0 ? 0 : (strength - lastStrength) / strength,
                Math.max(1, right.settledSteps() - ritzSteps));
        ritzSteps = right.settledSteps();
        lastStrength = strength;
        evaluatedSteps = steps();
    }

    private void addFilterChanges() {
        if (deltas.isEmpty()) {
            return;
        }
        int trend = 0;
        for (double energy : energies) {
            SmoothFilter filter = Objects.requireNonNull(lastFilters.get(energy));
            Matrix latestLeft = left().filtered(filter, left().steps());
            Matrix latestRight = right.filtered(filter, right.steps());
            Matrix settledLeft = left().filtered(filter, left().settledSteps());
            Matrix settledRight = right.filtered(filter, right.settledSteps());
            for (FilteredDelta delta : deltas) {
                if (trend == filterTrends.size()) {
                    filterTrends.add(new Trend());
                }
                filterTrends
                        .get(trend++)
                        .add(delta.of(latestLeft, latestRight).changeFrom(delta.of(settledLeft, settledRight)));
            }
        }
    }

    private boolean areFiltersSettled() {
        return filterTrends.stream().allMatch(trend -> trend.remaining() <= accuracy.tolerance());
    }

    private boolean isSettled() {
        return isExhausted() || (isEnergySettled && areFiltersSettled() && (tripletCount == 0 || areTripletsSettled()));
    }

    private boolean areTripletsSettled() {
        double most = tripletTrend.ratio() < FAST ? accuracy.fastTripletGrowth() : accuracy.tripletGrowth();
        return tripletTrend.remaining() <= most;
    }

    /** {@code Σ σ²} of the triplets. */
    private double strength() {
        double sum = 0;
        double[] values = ritz.values();
        for (int i = 0; i < Math.min(tripletCount, values.length); i++) {
            sum += values[i];
        }
        return sum;
    }

    private Phase finish(Pass pass) {
        if (tripletCount == 0) {
            return Phase.DONE;
        }
        Matrix vectors = ritz.vectors();
        int known = Math.min(tripletCount, vectors.columns());
        tripletVectors =
                right.vectors(vectors.firstColumns(known)).transpose().beside(Matrix.zeros(in, tripletCount - known));
        tripletImage = pass.times(Operand.ALIGNMENT_DELTA, tripletVectors);
        return Phase.TRIPLETS;
    }

    private double removed(List<EnergyEstimate> estimates, SmoothFilter filter) {
        ToDoubleFunction<EnergyEstimate> weight = each -> 1 / (each.uncertainShare() * each.uncertainShare() + 1e-12);
        double weights = estimates.stream().mapToDouble(weight).sum();
        return estimates.stream()
                .mapToDouble(each -> weight.applyAsDouble(each) / weights * each.sumOf(filter::removed))
                .sum();
    }

    private static Matrix filled(int rows, int columns, double value) {
        Matrix result = Matrix.zeros(rows, columns);
        Arrays.fill(result.values(), value);
        return result;
    }
}

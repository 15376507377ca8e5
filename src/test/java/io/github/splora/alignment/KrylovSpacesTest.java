package io.github.splora.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.backend.Backend;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.Pass;
import io.github.splora.testing.DenseMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares Krylov spaces with a full decomposition in float64. */
class KrylovSpacesTest {

    private static final double[] ENERGIES = {0.5, 0.7, 0.9};

    @TempDir
    Path folder;

    private final Kernel kernel = Backend.start(0, "cpu", KernelKind.JAVA).kernel();
    private int walks;

    @ParameterizedTest
    @CsvSource({
        "flat,320,320,4",
        "root,320,320,4",
        "inverse,320,320,4",
        "spiked,320,320,4",
        "flat,200,420,4",
        "root,200,420,4",
        "inverse,200,420,4",
        "spiked,200,420,4",
        "flat,420,200,4",
        "root,420,200,4",
        "inverse,420,200,4",
        "spiked,420,200,4",
        "flat,260,260,1",
        "root,260,260,1",
        "root,240,200,64",
        "flat,270,280,256",
        "root,3,5,2",
        "flat,1,7,1",
        "root,7,1,8"
    })
    void filteredFactorsAndEnergiesAreTheDenseOnes(String spectrum, int out, int in, int rank) throws IOException {
        Matrix v = ofSpectrum(spectrum, out, in);
        Matrix a = leaning(v.transpose(), rank, 3).transpose();
        Matrix b = leaning(v, rank, 4);
        KrylovSpaces spaces = new KrylovSpaces(out, in, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        for (double energy : ENERGIES) {
            spaces.requireFilter(energy);
        }
        walk(spaces, v, DType.F32, false);

        assertThat(spaces.isConverged()).isTrue();
        assertThat(walks).isLessThanOrEqualTo(40);
        Dense dense = new Dense(v);
        for (double energy : ENERGIES) {
            SmoothFilter filter = spaces.filter(energy);
            assertThat(dense.removedEnergy(filter)).isCloseTo(energy, within(0.01 * energy));
            assertThat(dense.error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
        }
    }

    /** All directions are known then, so rounding must not make an estimate of what is exact. */
    @Test
    void energiesOfSmallMatricesAreExact() throws IOException {
        for (int seed = 0; seed < 30; seed++) {
            Matrix v = Matrix.random(9, 7, seed);
            KrylovSpaces spaces = new KrylovSpaces(9, 7, 1, Accuracy.DEFAULT);
            spaces.require(Matrix.random(3, 7, 100 + seed), Matrix.random(9, 3, 200 + seed));
            spaces.requireFilter(0.5);
            walk(spaces, v, DType.F32, false);
            assertThat(new Dense(v).removedEnergy(spaces.filter(0.5))).isCloseTo(0.5, within(1e-4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flat", "root", "inverse", "spiked"})
    void aStrictAccuracyReachesSixDigits(String spectrum) throws IOException {
        Matrix v = ofSpectrum(spectrum, 300, 260);
        Matrix a = leaning(v.transpose(), 3, 3).transpose();
        Matrix b = leaning(v, 3, 4);
        KrylovSpaces spaces = new KrylovSpaces(300, 260, 1, Accuracy.STRICT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.9);
        walk(spaces, v, DType.F32, false);

        SmoothFilter filter = spaces.filter(0.9);
        assertThat(new Dense(v).error(delta.factors(filter), a, b, filter)).isLessThan(1e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BF16", "F32", "F64"})
    void storageTypeAndTranspositionDoNotMatter(DType type) throws IOException {
        // Multiples of 1/64, which all types store exactly.
        Matrix v = matrix(DenseMatrix.random(80, 60, 7));
        assertDense(v, type, false);
        assertDense(v, type, true);
    }

    private void assertDense(Matrix v, DType type, boolean transposed) throws IOException {
        Matrix a = Matrix.random(2, v.columns(), 3);
        Matrix b = Matrix.random(v.rows(), 2, 4);
        KrylovSpaces spaces = new KrylovSpaces(v.rows(), v.columns(), 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.6);
        walk(spaces, v, type, transposed);
        SmoothFilter filter = spaces.filter(0.6);
        assertThat(new Dense(v).error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 40})
    void aVOfLowRankEndsTheSpacesEarly(int rank) throws IOException {
        Matrix v = Matrix.random(400, rank, 5).times(Matrix.random(rank, 300, 6));
        Matrix a = Matrix.random(4, 300, 3);
        Matrix b = Matrix.random(400, 4, 4);
        KrylovSpaces spaces = new KrylovSpaces(400, 300, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.7);
        spaces.requireTriplets(8);
        walk(spaces, v, DType.F32, false);

        assertThat(walks).isLessThanOrEqualTo(14);
        SmoothFilter filter = spaces.filter(0.7);
        Dense dense = new Dense(v);
        assertThat(dense.removedEnergy(filter)).isCloseTo(0.7, within(0.007));
        assertThat(dense.error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
        Triplets triplets = spaces.triplets(8);
        assertThat(relative(dense.truncated(8), product(triplets))).isLessThan(1e-4);
    }

    @Test
    void aVOfZeroLeavesADeltaAsItIs() throws IOException {
        Matrix a = Matrix.random(4, 30, 3);
        Matrix b = Matrix.random(40, 4, 4);
        KrylovSpaces spaces = new KrylovSpaces(40, 30, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.7);
        spaces.requireTriplets(3);
        walk(spaces, Matrix.zeros(40, 30), DType.F32, false);

        assertThat(walks).isEqualTo(1);
        SmoothFilter filter = spaces.filter(0.7);
        assertThat(delta.factors(filter).a().values()).isEqualTo(a.values());
        assertThat(delta.factors(filter).b().values()).isEqualTo(b.values());
        assertThat(delta.squaredNorm(filter)).isCloseTo(b.times(a).squaredNorm(), within(1e-9));
        assertThat(spaces.triplets(3).squares()).containsOnly(0);
        assertThat(product(spaces.triplets(3)).squaredNorm()).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e200})
    void nonFiniteOrOverflowingWeightsGiveNaN(double value) throws IOException {
        Matrix v = Matrix.random(30, 40, 1);
        v.values()[17] = value;
        assertNaN(v, Matrix.random(2, 40, 3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void nonFiniteFactorsGiveNaN(double value) throws IOException {
        Matrix a = Matrix.random(2, 40, 3);
        a.values()[3] = value;
        assertNaN(Matrix.random(30, 40, 1), a);
    }

    private void assertNaN(Matrix v, Matrix a) throws IOException {
        KrylovSpaces spaces = new KrylovSpaces(30, 40, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, Matrix.random(30, 2, 4));
        spaces.requireFilter(0.7);
        spaces.requireTriplets(2);
        walk(spaces, v, DType.F64, false);
        assertThat(delta.factors(spaces.filter(0.7)).a().values()).contains(Double.NaN);
        assertThat(spaces.triplets(2).right().values()).contains(Double.NaN);
    }

    @Test
    void zeroAndDependentFactorsAreFiltered() throws IOException {
        Matrix v = ofSpectrum("root", 60, 50);
        Matrix row = Matrix.random(1, 50, 3);
        Matrix a = row.above(row.scaledBy(-2))
                .above(Matrix.zeros(1, 50))
                .above(Matrix.random(1, 50, 4).scaledBy(1e-20));
        Matrix b = Matrix.zeros(60, 1).beside(Matrix.random(60, 3, 5));
        KrylovSpaces spaces = new KrylovSpaces(60, 50, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        FilteredDelta none = spaces.require(Matrix.zeros(2, 50), Matrix.zeros(60, 2));
        spaces.requireFilter(0.7);
        walk(spaces, v, DType.F32, false);

        SmoothFilter filter = spaces.filter(0.7);
        assertThat(new Dense(v).error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
        assertThat(none.factors(filter).a().values()).containsOnly(0);
        assertThat(none.squaredNorm(filter)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"300,200,1", "200,300,5", "300,300,16", "40,30,30"})
    void tripletsAreTheStrongest(int out, int in, int count) throws IOException {
        Matrix v = ofSpectrum("inverse", out, in);
        KrylovSpaces spaces = new KrylovSpaces(out, in, 1, Accuracy.DEFAULT);
        spaces.requireTriplets(count);
        walk(spaces, v, DType.F32, false);

        Triplets triplets = spaces.triplets(count);
        assertThat(relative(new Dense(v).truncated(count), product(triplets))).isLessThan(0.01);
        assertThat(triplets.right().transposeTimes(triplets.right()).values())
                .containsExactly(matrix(DenseMatrix.identity(count)).values(), within(1e-9));
        assertThat(triplets.scaledLeft().squaredColumns()).containsExactly(triplets.squares(), within(1e-6));
        assertThat(spaces.triplets(1).right().values())
                .isEqualTo(triplets.right().firstColumns(1).values());
    }

    @Test
    void tripletsOfAFlatSpectrumHoldNearlyAsMuchAsTheStrongest() throws IOException {
        Matrix v = ofSpectrum("flat", 400, 400);
        KrylovSpaces spaces = new KrylovSpaces(400, 400, 1, Accuracy.DEFAULT);
        spaces.requireTriplets(8);
        walk(spaces, v, DType.F32, false);
        assertThat(product(spaces.triplets(8)).squaredNorm()
                        / new Dense(v).truncated(8).squaredNorm())
                .isBetween(0.98, 1.0);
    }

    @Test
    void moreTripletsThanRankAreFilledWithZeros() throws IOException {
        Matrix v = Matrix.random(5, 3, 1);
        KrylovSpaces spaces = new KrylovSpaces(5, 3, 1, Accuracy.DEFAULT);
        spaces.requireTriplets(6);
        walk(spaces, v, DType.F32, false);
        Triplets triplets = spaces.triplets(6);
        assertThat(triplets.right().columns()).isEqualTo(6);
        assertThat(Arrays.copyOfRange(triplets.squares(), 3, 6)).containsOnly(0);
        assertThat(relative(v, product(triplets))).isLessThan(1e-6);
    }

    @Test
    void tripletsAreWaitedForAfterTheFilteredFactorsStandStill() throws IOException {
        Matrix v = ofSpectrum("flat", 400, 400);
        int withoutTriplets = walksFor(v, 0);
        assertThat(walksFor(v, 32)).isGreaterThan(withoutTriplets);
    }

    private int walksFor(Matrix v, int triplets) throws IOException {
        KrylovSpaces spaces = new KrylovSpaces(v.rows(), v.columns(), 1, Accuracy.DEFAULT);
        spaces.require(Matrix.random(1, v.columns(), 3), Matrix.random(v.rows(), 1, 4));
        spaces.requireFilter(0.1);
        spaces.requireTriplets(triplets);
        walk(spaces, v, DType.F32, false);
        return walks;
    }

    @Test
    void severalDeltasAndEnergiesShareTheSpaces() throws IOException {
        Matrix v = ofSpectrum("root", 300, 260);
        Matrix a = leaning(v.transpose(), 3, 3).transpose();
        Matrix b = leaning(v, 3, 4);
        Matrix otherA = Matrix.random(2, 260, 8);
        Matrix otherB = Matrix.random(300, 2, 9);
        KrylovSpaces spaces = new KrylovSpaces(300, 260, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        FilteredDelta other = spaces.require(otherA, otherB);
        assertThat(spaces.require(a, b)).isSameAs(delta);
        spaces.requireFilter(0.5);
        spaces.requireFilter(0.9);
        walk(spaces, v, DType.F32, false);

        Dense dense = new Dense(v);
        for (double energy : new double[] {0.5, 0.9}) {
            SmoothFilter filter = spaces.filter(energy);
            assertThat(dense.error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
            assertThat(dense.error(other.factors(filter), otherA, otherB, filter))
                    .isLessThan(1e-3);
        }
        // Any other smooth function works as well, such as the complement of the filter.
        SmoothFilter filter = spaces.filter(0.9);
        DoubleUnaryOperator complement = x -> 1 - filter.applyAsDouble(x);
        assertThat(dense.error(delta.factors(complement), a, b, complement)).isLessThan(1e-3);
    }

    @Test
    void aNormNeedsNoFactors() throws IOException {
        Matrix v = ofSpectrum("root", 90, 70);
        KrylovSpaces spaces = new KrylovSpaces(90, 70, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(Matrix.random(3, 70, 3), Matrix.random(90, 3, 4));
        spaces.requireFilter(0.7);
        walk(spaces, v, DType.F32, false);
        FilteredFactors factors = delta.factors(spaces.filter(0.7));
        double expected = factors.b().times(factors.a()).squaredNorm();
        assertThat(delta.squaredNorm(spaces.filter(0.7))).isCloseTo(expected, within(1e-9 * expected));
        assertThat(spaces.squaredNorm()).isCloseTo(v.squaredNorm(), within(1e-6 * v.squaredNorm()));
    }

    /** There are more copies of a singular value than a block has columns. */
    @ParameterizedTest
    @ValueSource(ints = {30, 300})
    void everyCopyOfAMultipleSingularValueCounts(int copies) throws IOException {
        Matrix v = withSingularValues(320, 300, i -> i < copies ? 3 : 0.5);
        Matrix a = Matrix.random(1, 300, 3);
        Matrix b = Matrix.random(320, 1, 4);
        KrylovSpaces spaces = new KrylovSpaces(320, 300, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.8);
        walk(spaces, v, DType.F32, false);
        SmoothFilter filter = spaces.filter(0.8);
        Dense dense = new Dense(v);
        assertThat(dense.removedEnergy(filter)).isCloseTo(0.8, within(0.008));
        assertThat(dense.error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-18, 1e15})
    void scaleDoesNotMatter(double size) throws IOException {
        Matrix v = ofSpectrum("root", 120, 100).scaledBy(size);
        Matrix a = Matrix.random(2, 100, 3).scaledBy(1 / size);
        Matrix b = Matrix.random(120, 2, 4);
        KrylovSpaces spaces = new KrylovSpaces(120, 100, 1, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.7);
        walk(spaces, v, DType.F32, false);
        SmoothFilter filter = spaces.filter(0.7);
        Dense dense = new Dense(v);
        assertThat(dense.removedEnergy(filter)).isCloseTo(0.7, within(0.007));
        assertThat(dense.error(delta.factors(filter), a, b, filter)).isLessThan(1e-3);
    }

    /** Squares of V's singular values are in float64's range; their squares are not. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-85, 1e80})
    void squaresMayBeNearTheLimitsOfFloat64(double size) throws IOException {
        Matrix v = ofSpectrum("root", 120, 100);
        Matrix a = Matrix.random(2, 100, 3);
        Matrix b = Matrix.random(120, 2, 4);
        KrylovSpaces spaces = new KrylovSpaces(120, 100, 1, Accuracy.STRICT);
        FilteredDelta delta = spaces.require(a, b);
        spaces.requireFilter(0.7);
        spaces.requireTriplets(2);
        walk(spaces, v.scaledBy(size), DType.F64, false);

        assertThat(spaces.isConverged()).isTrue();
        double mu = spaces.filter(0.7).mu() / size / size;
        SmoothFilter filter = new SmoothFilter(mu);
        Dense dense = new Dense(v);
        assertThat(dense.removedEnergy(filter)).isCloseTo(0.7, within(0.007));
        assertThat(dense.error(delta.factors(spaces.filter(0.7)), a, b, filter)).isLessThan(1e-6);
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        Matrix v = ofSpectrum("flat", 200, 180);
        assertThat(factorsOf(v, 5)).isEqualTo(factorsOf(v, 5)).isNotEqualTo(factorsOf(v, 6));
    }

    private double[] factorsOf(Matrix v, long seed) throws IOException {
        KrylovSpaces spaces = new KrylovSpaces(v.rows(), v.columns(), seed, Accuracy.DEFAULT);
        FilteredDelta delta = spaces.require(Matrix.random(2, v.columns(), 3), Matrix.random(v.rows(), 2, 4));
        spaces.requireFilter(0.7);
        walk(spaces, v, DType.F32, false);
        FilteredFactors factors = delta.factors(spaces.filter(0.7));
        return factors.a().transpose().above(factors.b()).values();
    }

    @Test
    void theStepLimitIsReportedAsUnconverged() throws IOException {
        Matrix v = ofSpectrum("flat", 300, 300);
        KrylovSpaces spaces = new KrylovSpaces(300, 300, 1, new Accuracy(1e-12, 1e-2, 1e-2, 3, false));
        spaces.require(Matrix.random(2, 300, 3), Matrix.random(300, 2, 4));
        spaces.requireFilter(0.9);
        walk(spaces, v, DType.F32, false);
        assertThat(spaces.steps()).isEqualTo(3);
        assertThat(walks).isEqualTo(5);
        assertThat(spaces.isConverged()).isFalse();
        assertThat(spaces.estimatedError()).isGreaterThan(1e-12);
    }

    @Test
    void theMemoryEstimateGrowsWithRankAndSteps() {
        // Two bases of ten blocks of 16 and 4 columns, at least.
        assertThat(KrylovSpaces.bytes(4096, 14336, 16, 0, 1, 10)).isBetween(8L * 18432 * 200, 16L * 18432 * 200);
        assertThat(KrylovSpaces.bytes(4096, 4096, 16, 0, 1, 20))
                .isGreaterThan(KrylovSpaces.bytes(4096, 4096, 16, 0, 1, 10));
        assertThat(KrylovSpaces.bytes(4096, 4096, 32, 0, 1, 10))
                .isGreaterThan(KrylovSpaces.bytes(4096, 4096, 16, 0, 1, 10));
    }

    /** With one orthogonalization per block, the basis loses a factor of three per step, and Ritz values become too large. */
    @Test
    void theBasisStaysOrthogonal() throws IOException {
        Matrix v = withSingularValues(300, 300, i -> 2 - i / 299.0);
        Weights weights = new Weights(
                StoredMatrix.of(DenseMatrix.zeros(300, 300).stored(folder, "base", DType.F32)),
                StoredMatrix.of(dense(v).stored(folder, "aligned", DType.F32)),
                false);
        BlockLanczos space = new BlockLanczos(false, Matrix.random(300, 6, 3), 1e-7);
        for (int step = 0; step < 35; step++) {
            Pass image = new Pass();
            space.askImage(image);
            kernel.run(image, weights);
            space.takeImage();
            Pass product = new Pass();
            space.askReturn(product);
            kernel.run(product, weights);
            space.takeReturn();
        }
        int m = space.dimension();
        Matrix basis = space.vectors(matrix(DenseMatrix.identity(m)));
        assertThat(basis.times(basis.transpose()).values())
                .containsExactly(matrix(DenseMatrix.identity(m)).values(), within(1e-10));
    }

    @Test
    void invalidRequestsAreRejected() throws IOException {
        KrylovSpaces spaces = new KrylovSpaces(4, 3, 1, Accuracy.DEFAULT);
        assertThatThrownBy(() -> spaces.requireFilter(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spaces.requireFilter(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spaces.ask(new Pass())).isInstanceOf(IllegalStateException.class);
        spaces.requireTriplets(1);
        walk(spaces, Matrix.random(4, 3, 1), DType.F32, false);
        assertThatThrownBy(() -> spaces.requireTriplets(2)).isInstanceOf(IllegalStateException.class);
    }

    private void walk(KrylovSpaces spaces, Matrix v, DType type, boolean transposed) throws IOException {
        DenseMatrix stored = dense(transposed ? v.transpose() : v);
        Weights weights = new Weights(
                StoredMatrix.of(
                        DenseMatrix.zeros(stored.height(), stored.width()).stored(folder, "base", type)),
                StoredMatrix.of(stored.stored(folder, "aligned", type)),
                transposed);
        walks = 0;
        for (Pass pass = new Pass(); spaces.ask(pass); pass = new Pass()) {
            assertThat(spaces.ask(pass)).as("asked again before the same walk").isTrue();
            kernel.run(pass, weights);
            walks++;
        }
    }

    /** In float64, from all eigenvectors of VᵀV. */
    private static final class Dense {

        private final Matrix v;
        private final SymmetricEigen right;

        /** @param v as it is stored, in float32 */
        Dense(Matrix v) {
            this.v = v;
            this.right = SymmetricEigen.of(v.transposeTimes(v));
        }

        double removedEnergy(SmoothFilter filter) {
            double sum = 0;
            for (double square : right.values()) {
                sum += square * (1 - filter.applyAsDouble(Math.max(0, square)));
            }
            return sum / v.squaredNorm();
        }

        /** {@code ‖B'A' − dense‖/‖dense‖}. */
        double error(FilteredFactors found, Matrix a, Matrix b, DoubleUnaryOperator f) {
            Matrix denseB = b.scaledBy(f.applyAsDouble(0))
                    .plus(v.times(function(x -> slope(f, x)).times(v.transposeTimes(b))));
            return relative(denseB.times(a.times(function(f))), found.b().times(found.a()));
        }

        /** The best approximation of a rank. */
        Matrix truncated(int rank) {
            Matrix strongest = right.vectors().firstColumns(Math.min(rank, v.columns()));
            return v.times(strongest).times(strongest.transpose());
        }

        private Matrix function(DoubleUnaryOperator f) {
            double[] factors = Arrays.stream(right.values())
                    .map(x -> f.applyAsDouble(Math.max(0, x)))
                    .toArray();
            return right.vectors().scaledColumns(factors).times(right.vectors().transpose());
        }

        /** g with {@code f(VVᵀ) = f(0) + V g(VᵀV) Vᵀ}. */
        private double slope(DoubleUnaryOperator f, double x) {
            return x <= 1e-13 * right.values()[0] ? 0 : (f.applyAsDouble(x) - f.applyAsDouble(0)) / x;
        }
    }

    private static double relative(Matrix expected, Matrix found) {
        return Math.sqrt(found.minus(expected).squaredNorm() / expected.squaredNorm());
    }

    private static Matrix product(Triplets triplets) {
        return triplets.scaledLeft().times(triplets.right().transpose());
    }

    /** In float32 numbers. */
    private static Matrix ofSpectrum(String name, int out, int in) {
        return switch (name) {
            case "flat" -> rounded(Matrix.random(out, in, 11));
            case "root" -> withSingularValues(out, in, i -> 1 / Math.sqrt(i + 1));
            case "inverse" -> withSingularValues(out, in, i -> 1.0 / (i + 1));
            case "spiked" -> withSingularValues(out, in, i -> i < 20 ? 10 - 0.1 * i : 1 - 0.001 * i);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Matrix withSingularValues(int out, int in, IntToDoubleFunction values) {
        int size = Math.min(out, in);
        double[] scales = new double[size];
        Arrays.setAll(scales, values);
        Matrix left = Orthonormal.basis(Matrix.random(out, size, 5));
        Matrix right = Orthonormal.basis(Matrix.random(in, size, 6));
        return rounded(left.scaledColumns(scales).times(right.transpose()));
    }

    private static Matrix rounded(Matrix matrix) {
        return new Matrix(
                matrix.rows(),
                matrix.columns(),
                Arrays.stream(matrix.values()).map(x -> (float) x).toArray());
    }

    /** Random columns that lean toward V's strongest directions. */
    private static Matrix leaning(Matrix v, int columns, long seed) {
        Matrix written = v.times(Matrix.random(v.columns(), columns, seed));
        Matrix any = Matrix.random(v.rows(), columns, seed + 100);
        return any.plus(written.scaledBy(Math.sqrt(any.squaredNorm() / written.squaredNorm())));
    }

    private static DenseMatrix dense(Matrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            System.arraycopy(matrix.values(), i * matrix.columns(), rows[i], 0, matrix.columns());
        }
        return new DenseMatrix(rows);
    }

    private static Matrix matrix(DenseMatrix dense) {
        return new Matrix(dense.height(), dense.width(), dense.flat());
    }
}

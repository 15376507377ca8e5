package io.github.splora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Pass.Slot;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The results of a walk agree with plain float64 arithmetic, however the weights are stored. */
public class KernelTest {

    /** Wide enough that a block holds fewer rows than the matrix has. */
    private static final int IN = 1024;

    private static final int OUT = 600;

    @TempDir
    protected Path folder;

    private Kernel kernel;
    private final DenseMatrix base = DenseMatrix.random(OUT, IN, 1);
    private final DenseMatrix aligned = DenseMatrix.random(OUT, IN, 2);
    private final DenseMatrix v = aligned.plus(-1, base);
    private final DenseMatrix x = DenseMatrix.random(IN, 3, 3);
    private final DenseMatrix z = DenseMatrix.random(OUT, 3, 4);

    @BeforeEach
    void start() {
        kernel = kernel();
    }

    protected Kernel kernel() {
        return TensorEngine.start("cpu").kernel();
    }

    @ParameterizedTest
    @CsvSource({"F32,F32", "F16,F16", "BF16,BF16", "F16,BF16", "F64,F64", "BF16,F64", "F32,F16"})
    void productsAreExactForEveryPairOfTypes(DType baseType, DType alignedType) throws IOException {
        Weights weights = new Weights(stored("base", base, baseType), stored("aligned", aligned, alignedType), false);

        // Sums of products of multiples of 1/64 are exact in float64, in whatever order they are added.
        assertProductsAreExact(weights);
    }

    @Test
    void aTransposedWeightGivesTheSameProducts() throws IOException {
        assertProductsAreExact(new Weights(
                stored("base", base.transposed(), DType.F32),
                stored("aligned", aligned.transposed(), DType.F32),
                true));
    }

    @Test
    void itDoesNotMatterInHowManyStretchesAWeightLies() throws IOException {
        StoredMatrix whole = stored("base", base, DType.BF16);
        StoredMatrix other = stored("other", aligned, DType.BF16);
        StoredMatrix inThree = StoredMatrix.stacked(List.of(
                other.slice(0, 7), stored("aligned", aligned, DType.F32).slice(7, 400), other.slice(407, OUT - 407)));

        assertProductsAreExact(new Weights(whole, inThree, false));
    }

    @Test
    void aSliceIsTheMatrixOfItsRows() throws IOException {
        Weights weights = new Weights(
                stored("base", base, DType.F16).slice(100, 50),
                stored("aligned", aligned, DType.F16).slice(100, 50),
                false);

        Slot<double[]> squares = run(weights, pass -> pass.rowInner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA));

        assertThat(squares.get()).isEqualTo(Arrays.copyOfRange(rowInner(v, v), 100, 150));
    }

    @Test
    void eightBitWeightsAreMultipliedWithTheScaleOfTheirBlock() throws IOException {
        StoredMatrix zero = stored("base", DenseMatrix.zeros(4, 6), DType.F32);
        DenseMatrix codes = new DenseMatrix(new double[][] {
            {1, -2, 0.5, 448, 0.001953125, 0}, {3, 3, 3, 3, 3, 3}, {-1, 1, -1, 1, -1, 1}, {9, 10, 11, 12, 13, 14}
        });
        DenseMatrix scales = new DenseMatrix(new double[][] {{2, 0.5}, {-1, 4}});
        StoredMatrix scaled = StoredMatrix.of(
                codes.stored(folder, "codes", DType.F8_E4M3),
                4,
                new Scales(Optional.of(scales.stored(folder, "scales", DType.F32)), 2, 3));
        DenseMatrix unit = DenseMatrix.identity(6);

        Slot<Matrix> product =
                run(new Weights(zero, scaled, false), pass -> pass.times(Operand.ALIGNMENT_DELTA, matrix(unit)));

        assertThat(product.get().values())
                .containsExactly(
                        2,
                        -4,
                        1,
                        224,
                        0.0009765625,
                        0,
                        6,
                        6,
                        6,
                        1.5,
                        1.5,
                        1.5,
                        1,
                        -1,
                        1,
                        4,
                        -4,
                        4,
                        -9,
                        -10,
                        -11,
                        48,
                        52,
                        56);
    }

    @Test
    void float64WeightsAreSubtractedInFloat64() throws IOException {
        DenseMatrix near = base.plus(1e-12, DenseMatrix.random(OUT, IN, 2));
        DenseMatrix difference = near.plus(-1, base);

        Slot<double[]> squares = run(
                new Weights(stored("base", base, DType.F64), stored("near", near, DType.F64), false),
                pass -> pass.rowInner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA));

        double squaredNorm = Arrays.stream(squares.get()).sum();
        assertThat(squaredNorm).isPositive().isCloseTo(difference.inner(difference), within(1e-12 * squaredNorm));
    }

    @Test
    void anAdaptedWeightHasADeltaOfItsOwn() throws IOException {
        DenseMatrix adapted = DenseMatrix.random(OUT, IN, 5);
        DenseMatrix d = adapted.plus(-1, aligned);
        Weights weights = new Weights(
                stored("base", base, DType.BF16),
                stored("aligned", aligned, DType.BF16),
                Optional.of(stored("adapted", adapted, DType.BF16)),
                false);

        Slot<double[]> inner = run(weights, pass -> pass.rowInner(Operand.ADAPTED_DELTA, Operand.ALIGNMENT_DELTA));
        Slot<Matrix> product = run(weights, pass -> pass.times(Operand.ADAPTED_DELTA, matrix(x)));

        assertThat(inner.get()).isEqualTo(rowInner(d, v));
        assertThat(product.get().values()).isEqualTo(d.times(x).flat());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theInnerProductWithThinFactorsIsThatWithTheirProduct(boolean transposed) throws IOException {
        Weights weights = transposed
                ? new Weights(
                        stored("base", base.transposed(), DType.F32),
                        stored("aligned", aligned.transposed(), DType.F32),
                        true)
                : new Weights(stored("base", base, DType.F32), stored("aligned", aligned, DType.F32), false);

        Slot<Double> inner =
                run(weights, pass -> pass.inner(Operand.ALIGNMENT_DELTA, matrix(z), matrix(x.transposed())));

        assertThat(inner.get()).isEqualTo(v.inner(z.times(x.transposed())));
    }

    @Test
    void aWalkTakesNoMoreMemoryForMoreRows() throws IOException {
        StoredMatrix some = stored("base", base, DType.BF16);
        StoredMatrix more = StoredMatrix.stacked(List.of(some, some, some, some));

        assertThat(kernel.workspaceBytes(new Weights(more, more, false)))
                .isEqualTo(kernel.workspaceBytes(new Weights(some, some, false)))
                .isBetween(1L << 16, 32L << 20);
    }

    private void assertProductsAreExact(Weights weights) {
        Pass pass = new Pass();
        Slot<Matrix> vx = pass.times(Operand.ALIGNMENT_DELTA, matrix(x));
        Slot<Matrix> vz = pass.transposeTimes(Operand.ALIGNMENT_DELTA, matrix(z));
        kernel.run(pass, weights);
        Pass ofWeights = new Pass();
        Slot<Matrix> wx = ofWeights.times(Operand.ALIGNED, matrix(x));
        Slot<double[]> vv = ofWeights.rowInner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        Slot<double[]> wv = ofWeights.rowInner(Operand.ALIGNED, Operand.ALIGNMENT_DELTA);
        kernel.run(ofWeights, weights);

        assertThat(vx.get().values()).isEqualTo(v.times(x).flat());
        assertThat(vz.get().values()).isEqualTo(v.transposed().times(z).flat());
        assertThat(wx.get().values()).isEqualTo(aligned.times(x).flat());
        assertThat(vv.get()).isEqualTo(rowInner(v, v));
        assertThat(wv.get()).isEqualTo(rowInner(aligned, v));
    }

    private <T> Slot<T> run(Weights weights, Function<Pass, Slot<T>> question) {
        Pass pass = new Pass();
        Slot<T> slot = question.apply(pass);
        kernel.run(pass, weights);
        return slot;
    }

    /**
     * Computes everything that a pass can request: of differences of weights in one walk, of all operands in another.
     */
    protected static List<double[]> everything(Kernel kernel, Weights weights, int rank) {
        List<double[]> all = new ArrayList<>();
        all.addAll(everything(kernel, weights, rank, EnumSet.complementOf(EnumSet.of(Operand.ALIGNED)), false));
        all.addAll(everything(kernel, weights, rank, EnumSet.allOf(Operand.class), true));
        return all;
    }

    private static List<double[]> everything(
            Kernel kernel, Weights weights, int rank, Set<Operand> operands, boolean withRows) {
        Matrix x = matrix(DenseMatrix.random((int) weights.inFeatures(), rank, 4));
        Matrix z = matrix(DenseMatrix.random((int) weights.outFeatures(), rank, 5));
        Pass pass = new Pass();
        List<Slot<Matrix>> products = new ArrayList<>();
        List<Slot<double[]>> rowInners = new ArrayList<>();
        List<Slot<Double>> inners = new ArrayList<>();
        for (Operand operand : operands) {
            products.add(pass.times(operand, x));
            products.add(pass.transposeTimes(operand, z));
            for (Operand other : operands) {
                if (withRows) {
                    rowInners.add(pass.rowInner(operand, other));
                }
                inners.add(pass.inner(operand, other));
            }
        }
        kernel.run(pass, weights);
        List<double[]> all = new ArrayList<>();
        products.forEach(slot -> all.add(slot.get().values()));
        rowInners.forEach(slot -> all.add(slot.get()));
        inners.forEach(slot -> all.add(new double[] {slot.get()}));
        return all;
    }

    /** Computes what the default reference requests, which needs no transposed tile. */
    protected static List<double[]> innerProducts(Kernel kernel, Weights weights, int rank) {
        Pass pass = new Pass();
        Slot<Double> inner = pass.inner(
                Operand.ALIGNMENT_DELTA,
                matrix(DenseMatrix.random((int) weights.outFeatures(), rank, 6)),
                matrix(DenseMatrix.random(rank, (int) weights.inFeatures(), 7)));
        Slot<Double> squared = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        Slot<Double> mixed = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ADAPTED_DELTA);
        kernel.run(pass, weights);
        // The error of a sum of terms with mixed signs is relative to the size of the terms.
        double size = Math.sqrt(squared.get() * weights.outFeatures() * rank);
        return List.of(new double[] {size, inner.get()}, new double[] {squared.get(), mixed.get()});
    }

    /** Returns a random matrix {@code [out, in]}, scaled by {@code size}. */
    protected StoredMatrix matrix(int out, int in, long seed, DType type, boolean transposed, double size)
            throws IOException {
        DenseMatrix dense = DenseMatrix.zeros(out, in).plus(size, DenseMatrix.random(out, in, seed));
        String name = "m" + out + "x" + in + type + seed + transposed + size;
        return StoredMatrix.of((transposed ? dense.transposed() : dense).stored(folder, name, type));
    }

    private StoredMatrix stored(String name, DenseMatrix matrix, DType dtype) throws IOException {
        return StoredMatrix.of(matrix.stored(folder, name, dtype));
    }

    private static Matrix matrix(DenseMatrix dense) {
        return new Matrix(dense.height(), dense.width(), dense.flat());
    }

    private static double[] rowInner(DenseMatrix left, DenseMatrix right) {
        double[] sums = new double[left.height()];
        for (int i = 0; i < sums.length; i++) {
            for (int j = 0; j < left.width(); j++) {
                sums[i] += left.rows()[i][j] * right.rows()[i][j];
            }
        }
        return sums;
    }
}

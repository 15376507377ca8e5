package io.github.splora.tensor.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.error.BadInputException;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Kernel.Walks;
import io.github.splora.tensor.KernelTest;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import io.github.splora.tensor.djl.TensorEngine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Java's plain loops, beside the engine's operators. */
class LoopKernelTest extends KernelTest {

    private static final Kernel ENGINE = TensorEngine.start("cpu").kernel();

    @Override
    protected Kernel kernel() {
        return new LoopKernel(loops());
    }

    Supplier<TileLoops> loops() {
        return PlainLoops::new;
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,977,1", "977,1,2", "131,67,5", "67,131,16", "300,2100,3", "513,515,4"})
    void agreesWithTheEnginesOperatorsForOddShapes(int out, int in, int rank) throws IOException {
        for (boolean transposed : new boolean[] {false, true}) {
            for (DType type : List.of(DType.BF16, DType.F16, DType.F32, DType.F64)) {
                Weights weights = new Weights(
                        matrix(out, in, 1, type, transposed, 1),
                        matrix(out, in, 2, type, transposed, 1),
                        Optional.of(matrix(out, in, 3, type, transposed, 1)),
                        transposed);

                assertAgree(everything(ENGINE, weights, rank), everything(kernel(), weights, rank));
                assertAgree(innerProducts(ENGINE, weights, rank), innerProducts(kernel(), weights, rank));
            }
        }
    }

    /** The first two walks are of different tile shapes with plain loops; the third uses what was kept. */
    @ParameterizedTest
    @CsvSource({"1,1", "131,67", "300,2100", "513,4100"})
    void weightsThatAreKeptGiveTheSameBits(int out, int in) throws IOException {
        for (boolean transposed : new boolean[] {false, true}) {
            Weights weights = new Weights(
                    matrix(out, in, 1, DType.BF16, transposed, 1),
                    matrix(out, in, 2, DType.BF16, transposed, 1),
                    Optional.of(matrix(out, in, 3, DType.BF16, transposed, 1)),
                    transposed);
            Kernel kernel = kernel();
            for (int module = 0; module < 2; module++) {
                try (Walks walks = kernel.over(weights, true)) {
                    for (boolean isLeft : new boolean[] {false, true, true, false}) {
                        assertThat(products(walks::run, out, in, isLeft))
                                .isDeepEqualTo(products(pass -> kernel.run(pass, weights), out, in, isLeft));
                    }
                    assertThat(withAdapted(walks::run)).isEqualTo(withAdapted(pass -> kernel.run(pass, weights)));
                }
            }
        }
    }

    private static double[][] products(Consumer<Pass> walk, int out, int in, boolean isLeft) {
        Pass pass = new Pass();
        Slot<Matrix> left = pass.transposeTimes(Operand.ALIGNMENT_DELTA, Matrix.random(out, 3, 5));
        Slot<Matrix> right = isLeft ? left : pass.times(Operand.ALIGNMENT_DELTA, Matrix.random(in, 2, 6));
        Slot<Double> square = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        walk.accept(pass);
        return new double[][] {left.get().values(), right.get().values(), {square.get()}};
    }

    /** What is kept does not suffice for this walk. */
    private static double withAdapted(Consumer<Pass> walk) {
        Pass pass = new Pass();
        Slot<Double> inner = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ADAPTED_DELTA);
        walk.accept(pass);
        return inner.get();
    }

    /** Their squares are no float32, or nothing of them is left. */
    @ParameterizedTest
    @ValueSource(doubles = {0x1p-140, 0x1p-100, 0x1p-40, 0x1p40, 0x1p90})
    void hugeAndTinyWeightsAreScaled(double size) throws IOException {
        Weights weights = new Weights(
                matrix(40, 70, 1, DType.F32, false, size),
                matrix(40, 70, 2, DType.F32, false, size),
                Optional.of(matrix(40, 70, 3, DType.F32, false, size)),
                false);

        assertAgree(everything(ENGINE, weights, 3), everything(kernel(), weights, 3));
        assertAgree(innerProducts(ENGINE, weights, 3), innerProducts(kernel(), weights, 3));
    }

    @ParameterizedTest
    @CsvSource({"F16,F16", "F16,BF16", "BF16,F16"})
    void float16sThatAreSubnormalCountAsWhatTheyAre(DType baseType, DType alignedType) throws IOException {
        Weights weights = new Weights(
                matrix(40, 70, 1, baseType, false, 0x1p-18),
                matrix(40, 70, 2, alignedType, false, 0x1p-18),
                Optional.of(matrix(40, 70, 3, DType.F16, false, 0x1p-18)),
                false);

        assertAgree(everything(ENGINE, weights, 3), everything(kernel(), weights, 3));
    }

    @ParameterizedTest
    @CsvSource({"F16,F16", "F16,BF16", "BF16,F16", "BF16,BF16"})
    void anInfiniteWeightMakesItsProductsNoNumbers(DType baseType, DType alignedType) throws IOException {
        for (double[] sizes : new double[][] {{1e39, 1}, {1, 1e39}}) {
            Weights weights = new Weights(
                    matrix(40, 70, 1, baseType, false, sizes[0]),
                    matrix(40, 70, 2, alignedType, false, sizes[1]),
                    false);
            Pass pass = new Pass();
            Slot<Double> squared = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
            Slot<Matrix> product = pass.times(Operand.ALIGNMENT_DELTA, Matrix.random(70, 3, 4));

            new LoopKernel(loops()).run(pass, weights);

            assertThat(squared.get()).isNotFinite();
            assertThat(Arrays.stream(product.get().values())).noneMatch(Double::isFinite);
        }
    }

    /** Each of these demands makes a walk one in float64. */
    @ParameterizedTest
    @CsvSource({"300,2100", "131,67", "67,1025", "1,3000"})
    void whatNeedsFloat64IsAsPreciseAsTheEngine(int out, int in) throws IOException {
        List<Consumer<Pass>> demanding = List.of(
                pass -> pass.inner(Operand.ALIGNED, Operand.ALIGNED),
                pass -> pass.rowInner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA),
                Pass::demandFloat64);
        for (boolean transposed : new boolean[] {false, true}) {
            Weights weights = new Weights(
                    matrix(out, in, 1, DType.BF16, transposed, 1),
                    matrix(out, in, 2, DType.BF16, transposed, 1),
                    transposed);
            for (Consumer<Pass> demand : demanding) {
                double[][] expected = productsInFloat64(ENGINE, weights, demand);
                double[][] found = productsInFloat64(kernel(), weights, demand);
                for (int i = 0; i < expected.length; i++) {
                    double largest =
                            Arrays.stream(expected[i]).map(Math::abs).max().orElseThrow();
                    assertThat(found[i]).containsExactly(expected[i], within(1e-13 * largest));
                }
            }
        }
    }

    private static double[][] productsInFloat64(Kernel kernel, Weights weights, Consumer<Pass> demand) {
        return products(
                wanted -> {
                    demand.accept(wanted);
                    kernel.run(wanted, weights);
                },
                (int) weights.outFeatures(),
                (int) weights.inFeatures(),
                false);
    }

    @Test
    void severalThreadsMayWalkAtOnceAndGetTheSameBits() throws IOException {
        Kernel kernel = kernel();
        Weights weights = new Weights(
                matrix(300, 200, 1, DType.BF16, false, 1),
                matrix(300, 200, 2, DType.BF16, false, 1),
                Optional.of(matrix(300, 200, 3, DType.BF16, false, 1)),
                false);
        List<double[]> alone = everything(kernel, weights, 4);

        IntStream.range(0, 12).parallel().forEach(i -> {
            List<double[]> found = everything(kernel, weights, 4);
            for (int j = 0; j < alone.size(); j++) {
                assertThat(found.get(j)).isEqualTo(alone.get(j));
            }
        });
    }

    /** On the way the compilers replace what the interpreter began with. */
    @Test
    void theSameBitsComeFromColdAndFromCompiledCode() throws IOException {
        Kernel kernel = kernel();
        Weights weights = new Weights(
                matrix(100, 600, 1, DType.BF16, false, 1),
                matrix(100, 600, 2, DType.BF16, false, 1),
                Optional.of(matrix(100, 600, 3, DType.BF16, false, 1)),
                false);
        Matrix x = Matrix.random(600, 4, 8);
        Matrix cold = product(kernel, weights, x);

        for (int i = 0; i < 200; i++) {
            assertThat(product(kernel, weights, x).values()).isEqualTo(cold.values());
        }
    }

    private static Matrix product(Kernel kernel, Weights weights, Matrix x) {
        Pass pass = new Pass();
        Slot<Matrix> product = pass.times(Operand.ALIGNMENT_DELTA, x);
        kernel.run(pass, weights);
        return product.get();
    }

    @Test
    void aFileCutShortIsBadInput() throws IOException {
        StoredMatrix base = matrix(2000, 200, 1, DType.BF16, false, 1);
        Weights weights = new Weights(
                base,
                matrix(2000, 200, 2, DType.BF16, false, 1),
                Optional.of(matrix(2000, 200, 3, DType.BF16, false, 1)),
                false);
        try (FileChannel channel = FileChannel.open(base.tensors().get(0).file().path(), StandardOpenOption.WRITE)) {
            channel.truncate(4096);
        }

        assertThatThrownBy(() -> everything(kernel(), weights, 2))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("changed while it was read");
    }

    private static void assertAgree(List<double[]> expected, List<double[]> found) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            double largest = Arrays.stream(expected.get(i)).map(Math::abs).max().orElseThrow();
            assertThat(found.get(i)).as("result " + i).containsExactly(expected.get(i), within(1e-6 * largest));
        }
    }
}

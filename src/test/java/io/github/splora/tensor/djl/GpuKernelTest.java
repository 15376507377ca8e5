package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the GPU kernel on a GPU; {@link TorchScriptKernelTest} tests it without one. */
@EnabledIf(value = "hasGpu", disabledReason = "the engine finds no GPU")
class GpuKernelTest extends KernelTest {

    static boolean hasGpu() {
        return TensorEngine.start("auto").isGpu();
    }

    @Override
    protected Kernel kernel() {
        return new TorchScriptKernel(TensorEngine.start("gpu"), 64 << 10);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,977,1", "977,1,2", "131,67,5", "67,131,16", "700,512,16"})
    void agreesWithTheCpu(int out, int in, int rank) throws IOException {
        for (boolean transposed : new boolean[] {false, true}) {
            for (DType type : List.of(DType.BF16, DType.F16, DType.F32, DType.F64)) {
                Weights weights = weights(out, in, type, transposed);

                List<double[]> expected = everything(TensorEngine.start("cpu").kernel(), weights, rank);
                List<double[]> found = everything(kernel(), weights, rank);

                for (int i = 0; i < expected.size(); i++) {
                    double size = norm(expected.get(i));
                    assertThat(found.get(i)).containsExactly(expected.get(i), within(1e-12 * size));
                }
            }
        }
    }

    @Test
    void severalThreadsGetWhatOneGets() throws IOException {
        Kernel kernel = TensorEngine.start("gpu").kernel();
        List<Weights> weights = List.of(
                weights(1500, 900, DType.BF16, false),
                weights(300, 700, DType.F16, false),
                weights(900, 1500, DType.F32, true),
                weights(200, 8192, DType.BF16, false));
        List<List<double[]>> alone =
                weights.stream().map(each -> everything(kernel, each, 32)).toList();

        List<List<double[]>> together = IntStream.range(0, 60)
                .parallel()
                .mapToObj(i -> everything(kernel, weights.get(i % weights.size()), 32))
                .toList();

        for (int i = 0; i < together.size(); i++) {
            for (int j = 0; j < together.get(i).size(); j++) {
                assertThat(together.get(i).get(j))
                        .isEqualTo(alone.get(i % weights.size()).get(j));
            }
        }
    }

    private Weights weights(int out, int in, DType type, boolean transposed) throws IOException {
        return new Weights(
                matrix(out, in, 1, type, transposed, 1),
                matrix(out, in, 2, type, transposed, 1),
                Optional.of(matrix(out, in, 3, type, transposed, 1)),
                transposed);
    }

    private static double norm(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}

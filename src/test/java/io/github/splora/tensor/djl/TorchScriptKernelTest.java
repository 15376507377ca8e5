package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.EngineException;
import io.github.splora.error.BadInputException;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelTest;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the GPU kernel on a CPU, with blocks so small that each weight needs many. */
class TorchScriptKernelTest extends KernelTest {

    private static final TensorEngine ENGINE = TensorEngine.start("cpu");

    @Override
    protected Kernel kernel() {
        return new TorchScriptKernel(ENGINE, 64 << 10);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,977,1", "977,1,2", "131,67,5", "67,131,16"})
    void agreesWithTheEnginesOperatorsForOddShapes(int out, int in, int rank) throws IOException {
        for (boolean transposed : new boolean[] {false, true}) {
            for (DType type : List.of(DType.BF16, DType.F16, DType.F32, DType.F64)) {
                Weights weights = new Weights(
                        matrix(out, in, 1, type, transposed),
                        matrix(out, in, 2, type, transposed),
                        Optional.of(matrix(out, in, 3, type, transposed)),
                        transposed);

                List<double[]> expected = everything(ENGINE.kernel(), weights, rank);
                List<double[]> found = everything(new TorchScriptKernel(ENGINE, 512), weights, rank);

                assertThat(found).hasSameSizeAs(expected);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(found.get(i)).containsExactly(expected.get(i), within(0.0));
                }
            }
        }
    }

    @Test
    void severalThreadsMayWalkAtOnce() throws Exception {
        Kernel kernel = kernel();
        Weights weights =
                new Weights(matrix(300, 200, 1, DType.BF16, false), matrix(300, 200, 2, DType.BF16, false), false);
        double[] alone = everythingOfDelta(kernel, weights);
        List<double[]> results = IntStream.range(0, 12)
                .parallel()
                .mapToObj(i -> everythingOfDelta(kernel, weights))
                .toList();

        assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(alone));
    }

    @Test
    void aFileCutShortIsBadInput() throws IOException {
        StoredMatrix base = matrix(2000, 200, 1, DType.BF16, false);
        Weights weights = new Weights(base, matrix(2000, 200, 2, DType.BF16, false), false);
        try (FileChannel channel = FileChannel.open(base.tensors().get(0).file().path(), StandardOpenOption.WRITE)) {
            channel.truncate(4096);
        }

        assertThatThrownBy(() -> everythingOfDelta(kernel(), weights))
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(".*m2000x200BF16.*(cut short|changed).*");
    }

    @Test
    void aFullGpuIsSaidInASentence() {
        assertThat(DeviceFailure.of(
                        new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB\nTraceback"), "gpu:1"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "--device: gpu:1: not enough free GPU memory, even for small blocks; stop other processes that"
                                + " use the GPU (nvidia-smi lists them) or use --device cpu");
    }

    @Test
    void anyOtherFailureOfAGpuIsSaidInASentence() {
        assertThat(DeviceFailure.of(new EngineException("CUDA error: unspecified launch failure\nmore"), "gpu:0"))
                .hasMessage(
                        "--device: gpu:0: the GPU failed (CUDA error: unspecified launch failure); use --device cpu, or"
                                + " run 'splora doctor' to find the cause");
    }

    private StoredMatrix matrix(int out, int in, long seed, DType type, boolean transposed) throws IOException {
        return matrix(out, in, seed, type, transposed, 1);
    }

    private static double[] everythingOfDelta(Kernel kernel, Weights weights) {
        Pass pass = new Pass();
        Slot<double[]> squares = pass.rowInner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        kernel.run(pass, weights);
        return squares.get();
    }
}

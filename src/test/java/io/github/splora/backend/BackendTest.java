package io.github.splora.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import io.github.splora.testing.DenseMatrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kernel a device means, and when the engine's library is needed. */
class BackendTest {

    private static final String NO_LIBRARY = "there is no library here";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"auto, false", "cpu, false", "cpu, true"})
    void withoutALibraryJavasLoopsComputeOnACpu(String device, boolean mayFindGpu) throws IOException {
        Backend backend = Backend.fastest(0, device, () -> mayFindGpu, BackendTest::startWithoutLibrary);
        Pass pass = new Pass();
        Slot<Double> squared = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);

        backend.kernel().run(pass, weights());

        assertThat(squared.get()).isEqualTo(4 * 3);
        assertThat(backend.device()).isEqualTo("cpu");
        assertThat(backend.arithmetic().name()).isEqualTo("Java");
    }

    @Test
    void whatNeedsFloat64IsComputedWithoutALibraryToo() throws IOException {
        Backend backend = Backend.fastest(0, "auto", () -> false, BackendTest::startWithoutLibrary);
        Pass pass = new Pass();
        Slot<Double> squared = pass.inner(Operand.ALIGNED, Operand.ALIGNED);

        backend.kernel().run(pass, weights());

        assertThat(squared.get()).isEqualTo(4 * 3);
        assertThat(backend.arithmetic().name()).isEqualTo("Java");
    }

    @ParameterizedTest
    @CsvSource({"auto, true", "gpu, false", "gpu:0, true"})
    void whereAGpuMayBeUsedTheLibraryIsNeeded(String device, boolean mayFindGpu) {
        assertThatThrownBy(() -> Backend.fastest(0, device, () -> mayFindGpu, BackendTest::startWithoutLibrary))
                .isInstanceOf(UncheckedIOException.class)
                .cause()
                .hasMessage(NO_LIBRARY);
    }

    @Test
    void anEngineWithoutAGpuLeavesTheWalksToTheLoops() {
        Backend backend = Backend.fastest(0, "auto", () -> true, device -> TensorEngine.start("cpu"));

        assertThat(backend.kernel()).isInstanceOf(LoopKernel.class);
        assertThat(backend.device()).isEqualTo("cpu");
    }

    @Test
    void theEngineIsTakenWhereItIsAskedFor() {
        Backend backend = Backend.start(0, "cpu", KernelKind.DJL);

        assertThat(backend.arithmetic().name()).isEqualTo("PyTorch");
        assertThatThrownBy(() -> Backend.start(0, "gpu:99", KernelKind.AUTO)).isInstanceOf(BadInputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "gpu", "gpu:0", "gpu:12"})
    void knowsTheNamesOfDevices(String choice) {
        assertThat(Backend.isDeviceChoice(choice)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cuda", "gpu:", "gpu:-1", "gpu:x", "GPU"})
    void knowsWhatIsNoDevice(String choice) {
        assertThat(Backend.isDeviceChoice(choice)).isFalse();
    }

    private static TensorEngine startWithoutLibrary(String device) {
        throw new UncheckedIOException(new IOException(NO_LIBRARY));
    }

    /** V is all ones, {@code [4, 3]}. */
    private Weights weights() throws IOException {
        DenseMatrix zeros = DenseMatrix.zeros(4, 3);
        DenseMatrix ones = new DenseMatrix(new double[][] {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}});
        return new Weights(
                StoredMatrix.of(zeros.stored(folder, "base", DType.F32)),
                StoredMatrix.of(ones.stored(folder, "aligned", DType.F32)),
                false);
    }
}

package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import org.junit.jupiter.api.Test;

class TensorEngineTest {

    @Test
    void neitherCallsHomeNorDownloadsAnything() {
        TensorEngine.start("cpu");

        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    }

    @Test
    void saysWhatItRunsOn() {
        TensorEngine engine = TensorEngine.start("cpu");

        assertThat(engine.name()).isEqualTo("PyTorch");
        assertThat(engine.version()).startsWith("2.7.1");
        assertThat(engine.device()).isEqualTo("cpu");
    }

    @Test
    void refusesAGpuThatIsNotThere() {
        assertThatThrownBy(() -> TensorEngine.start("gpu:99"))
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(
                        "--device: gpu:99: no such GPU; available GPUs: .*; use --device cpu or auto, or run"
                                + " .splora doctor. to find the cause");
    }
}

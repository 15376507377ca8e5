package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resolves device choices on machines with any number of GPUs. */
class EngineGpusTest {

    private static final int CPU = -1;

    @ParameterizedTest
    @CsvSource({"auto,0,-1", "auto,1,0", "auto,8,0", "cpu,8,-1", "gpu,1,0", "gpu:0,1,0", "gpu:7,8,7"})
    void picks(String choice, int count, int expected) {
        assertThat(gpus(count).pick(choice)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"gpu,0,none", "gpu:0,0,none", "gpu:1,1,gpu:0", "gpu:8,8,gpu:0 to gpu:7", "gpu:999,2,gpu:0 to gpu:1"})
    void refusesWhatIsNotThere(String choice, int count, String there) {
        assertThatThrownBy(() -> gpus(count).pick(choice))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--device: " + choice + ": no such GPU; available GPUs: " + there
                        + "; use --device cpu or auto, or run 'splora doctor' to find the cause");
    }

    @Test
    void theCpuIsTakenWithoutAskingForGpus() {
        EngineGpus broken = new EngineGpus() {
            @Override
            public int count() {
                throw new AssertionError("asked");
            }

            @Override
            public Gpu describe(int number) {
                throw new AssertionError("asked");
            }
        };

        assertThat(broken.pick("cpu")).isEqualTo(CPU);
    }

    private static EngineGpus gpus(int count) {
        return new EngineGpus() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public Gpu describe(int number) {
                return new Gpu(number, "90", 80L << 30);
            }
        };
    }
}

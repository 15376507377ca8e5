package io.github.splora.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.json.StrictJson;
import io.github.splora.tensor.djl.EngineState;
import io.github.splora.tensor.djl.Gpu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the doctor reports on various machines. */
class DiagnosisTest {

    private static final Fake NO_CARD = new Fake(List.of(), null, false);
    private static final Fake H100 = new Fake(List.of("NVIDIA H100 80GB HBM3"), "570.86", true);
    private static final EngineUnderTest NOT_INSTALLED = new EngineUnderTest() {
        @Override
        public boolean isInstalled() {
            return false;
        }

        @Override
        public EngineState start() {
            throw new IllegalStateException("there is nothing to start");
        }

        @Override
        public String bundledFlavor() {
            return "none";
        }

        @Override
        public String cache() {
            throw new IllegalStateException("there is no cache");
        }
    };
    private static final EngineState CPU = new EngineState("PyTorch", "2.7.1", "/lib", false, false, List.of());

    @Test
    void noAdviceWithoutACard() {
        Diagnosis diagnosis = on(NO_CARD, CPU, "cpu");

        assertThat(diagnosis.scoringWorks()).isTrue();
        assertThat(diagnosis.device()).isEqualTo("cpu");
        assertThat(diagnosis.advice()).isEmpty();
        assertThat(diagnosis.toText())
                .contains("\n  CPU     Test CPU, ")
                .contains(
                        "\n  engine  PyTorch 2.7.1, from /lib\n  cache   /cache\n  GPUs    none that the engine can use\n"
                                + "  cards   no NVIDIA card found\nScoring works on the CPU.\n");
    }

    @Test
    void withoutTheOptionalEngineScoringWorksOnTheCpu() {
        Diagnosis diagnosis = Diagnosis.of(NO_CARD, NOT_INSTALLED);

        assertThat(diagnosis.scoringWorks()).isTrue();
        assertThat(diagnosis.device()).isEqualTo("cpu");
        assertThat(diagnosis.toText())
                .contains("\n  engine  PyTorch is not installed; Java's loops compute on the CPU\n  GPUs    none")
                .contains("\nScoring works on the CPU.\n- PyTorch is optional: only GPUs and --kernel djl need it."
                        + " To add PyTorch, download splora-pytorch-");
    }

    @Test
    void aCardIsAReasonToAddTheEngine() {
        assertThat(Diagnosis.of(H100, NOT_INSTALLED).advice())
                .singleElement()
                .asString()
                .startsWith("There is an NVIDIA card, which splora can use through PyTorch. To add PyTorch, download");
    }

    @Test
    void aGpuInUseIsDescribed() {
        Diagnosis diagnosis = on(H100, cuda(new Gpu(0, "90", 80L << 30), new Gpu(1, null, null)), "cu128");

        assertThat(diagnosis.device()).isEqualTo("gpu:0");
        assertThat(diagnosis.advice()).isEmpty();
        assertThat(diagnosis.toText())
                .contains("\n  GPUs    gpu:0, compute capability 90, 81920 MiB; gpu:1\n"
                        + "  cards   NVIDIA H100 80GB HBM3, driver 570.86\nScoring works on gpu:0.\n");
    }

    @Test
    void aLibraryForCpusIsNamedWhereThereIsAGpu() {
        Diagnosis diagnosis = on(H100, CPU, "cpu");

        assertThat(diagnosis.scoringWorks()).isTrue();
        assertThat(diagnosis.advice())
                .singleElement()
                .asString()
                .startsWith("There is a GPU, but splora's bundled library is for CPUs.")
                .contains("PYTORCH_LIBRARY_PATH=")
                .contains("-Dsplora.natives=none")
                .contains("splora doctor --install-cuda");
        assertThat(diagnosis.toText()).contains("\n- There is a GPU, but ");
    }

    @Test
    void aCardWithoutADriverNeedsOne() {
        assertThat(on(new Fake(List.of("NVIDIA card at 0000:01:00.0"), null, false), CPU, "cpu")
                        .advice())
                .singleElement()
                .asString()
                .contains("no driver is loaded: install NVIDIA's driver, 525 or newer");
    }

    @Test
    void aContainerWithoutTheDriversLibraryMustBeGivenTheGpu() {
        assertThat(on(new Fake(List.of("NVIDIA T4"), "550.1", false), CPU, "cpu")
                        .advice())
                .singleElement()
                .asString()
                .contains("docker run --gpus all");
    }

    @Test
    void anOldDriverIsNamed() {
        EngineState blind = new EngineState("PyTorch", "2.7.1", "/lib", false, false, List.of());

        assertThat(on(new Fake(List.of("NVIDIA T4"), "470.1", true), blind, "cu128")
                        .advice())
                .singleElement()
                .asString()
                .contains("the driver (470.1) is older than 525");
    }

    @Test
    void anotherPytorchThatSeesNoGpuIsNamed() {
        EngineState foreign = new EngineState("PyTorch", "2.7.1", "/torch/lib", true, false, List.of());

        assertThat(on(H100, foreign, "cpu").advice())
                .singleElement()
                .asString()
                .startsWith("The PyTorch that PYTORCH_LIBRARY_PATH names cannot use the GPU");
    }

    @Test
    void aRefusedPytorchIsTheReason() {
        Diagnosis diagnosis = Diagnosis.of(H100, engine("cpu", () -> {
            throw new BadInputException(
                    List.of(new Problem("PYTORCH_LIBRARY_PATH", null, "/t", "this is PyTorch 2.11.0")));
        }));

        assertThat(diagnosis.scoringWorks()).isFalse();
        assertThat(diagnosis.device()).isNull();
        assertThat(diagnosis.toText())
                .contains("\n  engine  does not start: PYTORCH_LIBRARY_PATH: /t: this is PyTorch 2.11.0\n")
                .contains("\nScoring does not work.\n");
    }

    @Test
    void aBuildWithoutALibraryNeedsOne() {
        Diagnosis diagnosis = Diagnosis.of(H100, engine("none", () -> {
            throw new UncheckedIOException(new IOException("nothing was fetched"));
        }));

        assertThat(diagnosis.engineProblem()).isEqualTo("nothing was fetched");
        assertThat(diagnosis.advice())
                .singleElement()
                .asString()
                .startsWith("This build of splora has no" + " bundled library");
    }

    @Test
    void aFailureWithoutAMessageIsNamedByItsType() {
        Diagnosis diagnosis = Diagnosis.of(H100, engine("none", () -> {
            throw new UncheckedIOException(new IOException());
        }));

        assertThat(diagnosis.engineProblem()).isEqualTo("java.io.IOException");
        assertThat(diagnosis.advice())
                .singleElement()
                .asString()
                .startsWith("This build of splora has no bundled library");
    }

    @Test
    void anyOtherFailureIsShownUnchanged() {
        assertThat(Diagnosis.of(NO_CARD, engine("cpu", () -> {
                            throw new IllegalStateException("odd");
                        }))
                        .engineProblem())
                .isEqualTo("java.lang.IllegalStateException: odd");
    }

    @Test
    void jsonHasTheSameFacts() {
        var json = StrictJson.toTree(on(H100, cuda(new Gpu(0, "90", 80L << 30)), "cu128"));

        assertThat(json.get("scoringWorks").booleanValue()).isTrue();
        assertThat(json.at("/engine/gpus/0/memory").longValue()).isEqualTo(80L << 30);
        assertThat(json.at("/engine/cuda").booleanValue()).isTrue();
        assertThat(json.at("/cards/0").textValue()).isEqualTo("NVIDIA H100 80GB HBM3");
    }

    private static EngineState cuda(Gpu... gpus) {
        return new EngineState("PyTorch", "2.7.1", "/lib", false, true, List.of(gpus));
    }

    private static Diagnosis on(Machine machine, EngineState state, String bundled) {
        return Diagnosis.of(machine, engine(bundled, () -> state));
    }

    private static EngineUnderTest engine(String bundled, Supplier<EngineState> start) {
        return new EngineUnderTest() {
            @Override
            public boolean isInstalled() {
                return true;
            }

            @Override
            public EngineState start() {
                return start.get();
            }

            @Override
            public String bundledFlavor() {
                return bundled;
            }

            @Override
            public String cache() {
                return "/cache";
            }
        };
    }

    private record Fake(List<String> cards, String version, boolean hasLibcuda) implements Machine {
        @Override
        public String cpu() {
            return "Test CPU";
        }

        @Override
        public Optional<String> driver() {
            return Optional.ofNullable(version);
        }
    }
}

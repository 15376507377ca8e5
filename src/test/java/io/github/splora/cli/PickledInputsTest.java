package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.report.RunReport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The results do not depend on whether the inputs are PyTorch pickles or safetensors. */
class PickledInputsTest {

    private static final Path PICKLE = Testdata.PICKLED.adapter().resolve("adapter_model.bin");

    @TempDir
    Path folder;

    @Test
    void scoresAreTheSameToTheLastBit() {
        RunReport pickled =
                Run.of("score", Testdata.PICKLED, "--format", "json").report();
        RunReport original = Run.of("score", Testdata.GPT2, "--format", "json").report();
        assertThat(pickled.modules()).isEqualTo(original.modules());
        assertThat(pickled.inputs().aligned().fingerprint())
                .isEqualTo(original.inputs().aligned().fingerprint());
    }

    @Test
    void aPrunedAdapterIsWrittenAsSafetensorsAndTheSame() {
        Path fromPickle = prune(Testdata.PICKLED, "from-pickle");
        Path fromFile = prune(Testdata.PICKLED.withAdapter(PICKLE), "from-file");
        Path fromSafetensors = prune(Testdata.GPT2, "from-safetensors");
        for (String file : new String[] {"adapter_model.safetensors", "adapter_config.json"}) {
            assertThat(fromPickle.resolve(file)).hasSameBinaryContentAs(fromSafetensors.resolve(file));
            assertThat(fromFile.resolve(file)).hasSameBinaryContentAs(fromSafetensors.resolve(file));
        }
        assertThat(fromPickle.resolve("adapter_model.bin")).doesNotExist();
        assertThat(fromFile.resolve("adapter_model.bin")).doesNotExist();
    }

    @Test
    void inspectShowsAFileOfAnyDtypes() {
        Run run = Run.of("inspect", "testdata/pickles/legacy.bin");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("\nfloat16  [2, 3]  F16").contains("\nscalar  []  F32");
    }

    @Test
    void aHostileFileIsBadInputAndSaysWhatItNamed() throws Exception {
        Path file = Files.copy(Path.of("testdata/pickles/class.bin"), folder.resolve("pytorch_model.bin"));
        assertThat(Run.of("inspect", folder.toString()))
                .isEqualTo(new Run(
                        4,
                        "",
                        "splora: " + file + ": pickle"
                                + " 'torch.optim.sgd.SGD': names a class or function that tensors do not need,"
                                + " and splora runs none; if you trust the file, load it with PyTorch"
                                + " and save its tensors as safetensors"
                                + System.lineSeparator()));
    }

    private Path prune(Testdata model, String name) {
        Path output = folder.resolve(name);
        Run run = Run.of("prune", model, "--output", output.toString(), "--count", "2");
        assertThat(run.code()).as(run.err()).isZero();
        return output;
    }
}

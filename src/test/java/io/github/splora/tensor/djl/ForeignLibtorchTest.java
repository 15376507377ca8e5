package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library of an existing PyTorch is checked before it is loaded, because a wrong one would crash the process. */
class ForeignLibtorchTest {

    private static final String ADVICE =
            "splora needs PyTorch 2.7.1 (pip install torch==2.7.1, in a separate environment); unset"
                    + " PYTORCH_LIBRARY_PATH to use splora's bundled library";

    @TempDir
    Path torch;

    private final Map<String, String> made = new HashMap<>();
    private Path lib;

    @BeforeEach
    void makeAnInstallation() throws IOException {
        lib = Files.createDirectory(torch.resolve("lib"));
        Files.createFile(lib.resolve(System.mapLibraryName("torch")));
        made.put("PYTORCH_LIBRARY_PATH", lib.toString());
    }

    @Test
    void withoutTheSettingNothingIsDone() {
        made.clear();

        assertThat(prepare()).isEmpty();
        assertThat(made).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.7.1", "2.7.1+cpu", "2.7.1+cu126", "2.7.1a0+gitabc"})
    void theRightVersionIsTaken(String version) throws IOException {
        versionIs(version);

        assertThat(prepare()).contains(lib);
        assertThat(made).containsEntry("PYTORCH_VERSION", "2.7.1").containsEntry("PYTORCH_FLAVOR", "cpu");
    }

    @Test
    void aLibraryWithCudaGetsTheEnginesPartForCuda() throws IOException {
        versionIs("2.7.1+cu126");
        Files.createFile(lib.resolve(System.mapLibraryName("torch_cuda")));

        prepare();

        assertThat(made).containsEntry("PYTORCH_FLAVOR", "cu128");
    }

    @Test
    void whatTheUserHasSetStays() throws IOException {
        versionIs("2.7.1");
        made.put("PYTORCH_FLAVOR", "cu124");

        prepare();

        assertThat(made).containsEntry("PYTORCH_FLAVOR", "cu124");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.11.0+cu130", "2.7.0", "2.7.10", "2.7.12", "2.13.0+cpu", "1.13.1"})
    void anyOtherVersionIsRefused(String version) throws IOException {
        versionIs(version);

        assertThatThrownBy(this::prepare)
                .isInstanceOf(BadInputException.class)
                .hasMessage("PYTORCH_LIBRARY_PATH: " + lib + ": this is PyTorch " + version + "; " + ADVICE);
    }

    @Test
    void aPathWithoutTheLibraryIsRefused() {
        made.put("PYTORCH_LIBRARY_PATH", torch.toString());

        assertThatThrownBy(this::prepare)
                .isInstanceOf(BadInputException.class)
                .hasMessage("PYTORCH_LIBRARY_PATH: " + torch + ": no " + System.mapLibraryName("torch")
                        + " here; set it to the torch/lib folder of a PyTorch installation; " + ADVICE);
    }

    @Test
    void aLibraryOfUnknownVersionIsRefused() {
        assertThatThrownBy(this::prepare)
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("PYTORCH_LIBRARY_PATH: " + lib + ": cannot find its version (no version.py");
    }

    @Test
    void aLibraryOfUnknownVersionIsTakenAtItsUsersWord() {
        made.put("PYTORCH_VERSION", "2.7.1");

        assertThat(prepare()).contains(lib);
    }

    @Test
    void whatTheFilesSayCountsMoreThanItsUsersWord() throws IOException {
        versionIs("2.8.0");
        made.put("PYTORCH_VERSION", "2.7.1");

        assertThatThrownBy(this::prepare).hasMessageContaining("this is PyTorch 2.8.0");
    }

    @Test
    void anUnpackedLibtorchSaysItsVersionAnotherWay() throws IOException {
        Files.writeString(torch.resolve("build-version"), "2.6.0+cu124\n");

        assertThatThrownBy(this::prepare).hasMessageContaining("this is PyTorch 2.6.0+cu124");
    }

    @Test
    void ofSeveralFoldersTheFirstThatHasTheLibraryCounts() throws IOException {
        versionIs("2.7.1");
        made.put("PYTORCH_LIBRARY_PATH", torch + File.pathSeparator + lib);

        assertThat(prepare()).contains(lib);
    }

    private Optional<Path> prepare() {
        return ForeignLibtorch.prepare(new EngineSettings() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(made.get(name));
            }

            @Override
            public void set(String name, String value) {
                made.put(name, value);
            }
        });
    }

    /** Writes the version file of a PyTorch package. */
    private void versionIs(String version) throws IOException {
        Files.writeString(
                torch.resolve("version.py"),
                "from typing import Optional\n\n__all__ = ['__version__', 'debug', 'cuda']\n__version__ = '" + version
                        + "'\ndebug = False\ncuda: Optional[str] = None\n");
    }
}

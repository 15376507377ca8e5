package io.github.splora.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Bytes;
import io.github.splora.testing.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that torch.save wrote; see scripts/make_pickles.py. */
class PickleFileTest {

    private static final Path PICKLES = Path.of("testdata", "pickles");
    private static final Path GPT2 = Path.of("testdata", "tiny-gpt2");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zipped.bin", "legacy.bin"})
    void tensorsEqualThoseOfTheSafetensorsTwin(String name) throws IOException {
        assertTwins(PICKLES.resolve(name), PICKLES.resolve("tensors.safetensors"));
    }

    @Test
    void anAdapterEqualsItsSafetensorsTwin() throws IOException {
        assertTwins(
                Path.of("testdata/tiny-gpt2-pickled/adapter/adapter_model.bin"),
                GPT2.resolve("adapter/adapter_model.safetensors"));
    }

    @Test
    void carriesNoMetadata() {
        try (PickleFile file = PickleFile.open(PICKLES.resolve("zipped.bin"))) {
            assertThat(file.metadata()).isEmpty();
            assertThat(file.path()).isEqualTo(PICKLES.resolve("zipped.bin"));
        }
    }

    @Test
    void aSliceIsPartOfTheTensor() {
        try (PickleFile file = PickleFile.open(PICKLES.resolve("zipped.bin"))) {
            TensorInfo whole = file.tensor("whole");
            assertThat(file.read(whole, 3, 7)).isEqualTo(Bytes.of(file, whole).slice(3, 7));
            assertThat(Bytes.of(file, file.tensor("rows")))
                    .isEqualTo(Bytes.of(file, whole).slice(20, 40));
            assertThatThrownBy(() -> file.read(whole, 0, 81)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void refusesATransposedTensorByName() {
        Path file = PICKLES.resolve("transposed.bin");
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .containsExactly(file + ": tensor 'a' stride [1, 5] of shape"
                        + " [5, 4]: a transposed or sliced tensor cannot be read; load the file with PyTorch,"
                        + " make its tensors contiguous (tensor.contiguous()) and save them");
    }

    @Test
    void refusesATrainingCheckpointAndNamesItsKeys() {
        Path file = PICKLES.resolve("training.bin");
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .containsExactly(file + ": keys [state_dict, epoch]: holds more than named tensors, as training"
                        + " checkpoints do; load it with PyTorch and save only the model's state dict");
    }

    @Test
    void refusesAPickleThatNamesAClass() {
        Path file = PICKLES.resolve("class.bin");
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .containsExactly(file + ": pickle 'torch.optim.sgd.SGD': names a class or function that tensors"
                        + " do not need, and splora runs none; if you trust the file, load it with"
                        + " PyTorch and save its tensors as safetensors");
    }

    @Test
    void readsBeyondFourGibibytes() {
        long elements = (5L << 30) / 4;
        PickleProgram program = PickleProgram.protocol2()
                .code('}', '(')
                .text("large")
                .tensor("FloatStorage", "0", elements, 0, "2 " + elements / 2, elements / 2 + " 1")
                .text("behind")
                .tensor("FloatStorage", "1", 1, 0, "1", "1")
                .code('u', '.');
        Path path = new ZipBuilder()
                .pickle(program)
                .sparse("m/data/0", new byte[] {1, 2, 3, 4}, 5L << 30)
                .entry("m/data/1", new byte[] {5, 6, 7, 8})
                .writeTo(folder.resolve("large.bin"));
        try (PickleFile file = PickleFile.open(path)) {
            TensorInfo large = file.tensor("large");
            assertThat(large.byteLength()).isEqualTo(5L << 30);
            assertThat(file.read(large, large.byteLength() - 4, 4)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            assertThat(Bytes.of(file, file.tensor("behind"))).isEqualTo(ByteBuffer.wrap(new byte[] {5, 6, 7, 8}));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', was not written by torch.save: it is neither a zip archive nor a pickle; download it again",
        "not a pickle, was not written by torch.save: it is neither a zip archive nor a pickle; download it again",
        "version https://git-lfs.github.com/spec/v1, 'is a Git LFS pointer, not the file itself; run ''git lfs pull'' to"
                + " get the file'"
    })
    void refusesOtherFiles(String content, String explanation) throws IOException {
        Path file = Files.writeString(folder.resolve("other.bin"), content);
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .singleElement()
                .asString()
                .startsWith(file + ": ")
                .endsWith(": " + explanation);
    }

    @Test
    void refusesAMissingPath() {
        Path nowhere = folder.resolve("nowhere.bin");
        assertThat(Refusal.of(() -> PickleFile.open(nowhere))).containsExactly(nowhere + ": does not exist");
    }

    private static void assertTwins(Path pickle, Path safetensors) throws IOException {
        try (TensorFile one = PickleFile.open(pickle);
                TensorFile other = SafetensorsFile.open(safetensors)) {
            assertThat(one.tensors().keySet())
                    .isEqualTo(other.tensors().keySet())
                    .isNotEmpty();
            for (TensorInfo expected : other.tensors().values()) {
                TensorInfo tensor = one.tensor(expected.name());
                assertThat(List.of(tensor.dtype(), tensor.shape()))
                        .isEqualTo(List.of(expected.dtype(), expected.shape()));
                assertThat(Bytes.of(one, tensor)).as(tensor.name()).isEqualTo(Bytes.of(other, expected));
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                one.copy(tensor, Channels.newChannel(copy));
                assertThat(ByteBuffer.wrap(copy.toByteArray())).isEqualTo(Bytes.of(other, expected));
            }
        }
    }

    @Test
    void dtypesAreThoseOfTheStorages() {
        try (PickleFile file = PickleFile.open(PICKLES.resolve("legacy.bin"))) {
            assertThat(file.tensor("bfloat16").dtype()).isEqualTo(DType.BF16);
            assertThat(file.tensor("complex64").dtype()).isEqualTo(DType.C64);
        }
    }
}

package io.github.splora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.error.BadInputException;
import io.github.splora.pickle.PickleFile;
import io.github.splora.storage.TensorInfo;

/** PyTorch pickles in both formats: either rejected, or every tensor has its stated size and lies within the file. */
final class PickleFuzz {

    private static final Scratch SCRATCH = new Scratch();

    private PickleFuzz() {}

    /** Called by Jazzer, under this name. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        try (PickleFile file = PickleFile.open(SCRATCH.put("file.bin", bytes))) {
            for (TensorInfo tensor : file.tensors().values()) {
                assertThat(tensor.byteLength() * Byte.SIZE)
                        .isEqualTo(tensor.elementCount() * tensor.dtype().bits());
                assertThat(tensor.byteLength()).isLessThanOrEqualTo(bytes.length);
                assertThat(file.read(tensor, 0, (int) tensor.byteLength()).remaining())
                        .isEqualTo((int) tensor.byteLength());
            }
        } catch (BadInputException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }
}
